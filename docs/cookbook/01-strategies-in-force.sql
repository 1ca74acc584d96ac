-- Which national digital-education strategies are in force today?
SELECT country, title, title_en, start_date, end_date, url
FROM strategies
WHERE status = 'active' AND level IS DISTINCT FROM 'regional'
ORDER BY country, start_date;
