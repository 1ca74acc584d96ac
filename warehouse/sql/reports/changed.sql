-- How many initiatives the newest run changed, by what became of them.
SELECT change, count(DISTINCT initiative_id) AS initiatives
FROM changes
WHERE run_id = (SELECT run_id FROM moments ORDER BY run DESC LIMIT 1)
GROUP BY change
ORDER BY change;
