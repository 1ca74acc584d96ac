-- Who works on artificial intelligence in education, and since when?
SELECT country, min(start_date) AS first_start, count(*) AS initiatives, list(title ORDER BY start_date, title)[:3] AS examples
FROM initiatives
WHERE list_contains(topics, 'artificial-intelligence')
GROUP BY country
ORDER BY initiatives DESC, country;
