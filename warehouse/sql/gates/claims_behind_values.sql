-- blocking: Every title, date and country of an initiative is one that a claim of it states.
SELECT i.initiative_id, v.field, v.value
FROM initiatives i
JOIN (
    SELECT initiative_id, 'start_date' AS field, start_date::VARCHAR AS value FROM initiatives WHERE start_date IS NOT NULL
    UNION ALL SELECT initiative_id, 'end_date', end_date::VARCHAR FROM initiatives WHERE end_date IS NOT NULL
    UNION ALL SELECT initiative_id, 'country', country FROM initiatives WHERE country IS NOT NULL
    UNION ALL SELECT initiative_id, 'title', title FROM initiatives
) v ON v.initiative_id = i.initiative_id
ANTI JOIN claims c ON c.initiative_id = v.initiative_id AND c.field = v.field AND c.value = v.value
ORDER BY ALL;
