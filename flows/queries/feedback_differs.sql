-- Where a portal's claim and that of another portal about the same initiative exclude each other.
SELECT DISTINCT mine.record_id, mine.field, mine.value AS said, other.portal, other.value
FROM claims mine
JOIN claims other ON other.initiative_id = mine.initiative_id AND other.field = mine.field AND other.portal <> mine.portal
WHERE mine.portal = $portal AND mine.is_valid AND other.is_valid
    AND mine.field IN ('start_date', 'end_date', 'budget_eur')
    -- a coarser date that holds the finer one is no contradiction; budgets differ by their rounding
    AND CASE
        WHEN mine.field = 'budget_eur' THEN abs(mine.value::DOUBLE - other.value::DOUBLE) > 0.1 * greatest(mine.value::DOUBLE, other.value::DOUBLE)
        ELSE year(mine.value::DATE) <> year(other.value::DATE)
    END
ORDER BY mine.record_id, mine.field, other.portal, other.value
