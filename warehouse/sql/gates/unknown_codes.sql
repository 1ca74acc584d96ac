-- warning: Codes stand in their code list.
SELECT field, code, count(*) AS times
FROM (
    SELECT 'kind' AS field, kind AS code FROM initiatives
    UNION ALL SELECT 'level', level FROM initiatives
    UNION ALL SELECT 'status', status FROM initiatives
    UNION ALL SELECT 'topics', unnest(topics) FROM initiatives
    UNION ALL SELECT 'deap_priorities', unnest(deap_priorities) FROM initiatives
    UNION ALL SELECT 'education_levels', unnest(education_levels) FROM initiatives
    UNION ALL SELECT 'target_groups', unnest(target_groups) FROM initiatives
    UNION ALL SELECT 'digcomp_areas', unnest(digcomp_areas) FROM initiatives
    UNION ALL SELECT 'eurovoc', unnest(eurovoc) FROM initiatives
) used
ANTI JOIN codes USING (field, code)
WHERE code IS NOT NULL
GROUP BY field, code
ORDER BY ALL;
