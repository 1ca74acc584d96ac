-- Which countries with a portal have no strategy in force?
SELECT c.country, c.initiative_count, max(s.end_date) AS last_strategy_ended
FROM coverage c
LEFT JOIN strategies s ON s.country = c.country
GROUP BY c.country, c.initiative_count
HAVING count(*) FILTER (s.status = 'active') = 0
ORDER BY c.country;
