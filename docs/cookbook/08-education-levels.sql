-- How are initiatives spread over the levels of education?
SELECT c.label AS education_level, count(*) AS initiatives, count(*) FILTER (i.status = 'active') AS active
FROM (SELECT unnest(education_levels) AS code, status FROM initiatives) i
JOIN codes c ON c.field = 'education_levels' AND c.code = i.code
GROUP BY c.code, c.label
ORDER BY c.code;
