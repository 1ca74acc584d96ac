-- blocking: Every title, date and country of an initiative is one that a claim of it states.
WITH stated AS (
    SELECT initiative_id, 'start_date' AS field, start_date::VARCHAR AS value FROM initiatives WHERE start_date IS NOT NULL
    UNION ALL SELECT initiative_id, 'end_date', end_date::VARCHAR FROM initiatives WHERE end_date IS NOT NULL
    UNION ALL SELECT initiative_id, 'country', country FROM initiatives WHERE country IS NOT NULL
    UNION ALL SELECT initiative_id, 'title', title FROM initiatives
),
claimed AS (FROM claims WHERE field IN ('start_date', 'end_date', 'country', 'title'))
SELECT s.initiative_id, s.field, s.value
FROM stated s
ANTI JOIN claimed c ON c.initiative_id = s.initiative_id AND c.field = s.field AND c.value = s.value
ORDER BY ALL;
