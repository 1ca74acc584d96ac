-- Which initiatives are for teachers, by country?
SELECT country, title, title_en, status, lead_organisation
FROM initiatives
WHERE list_contains(target_groups, 'teachers')
ORDER BY country, title;
