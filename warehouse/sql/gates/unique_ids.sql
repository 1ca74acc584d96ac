-- blocking: Ids stand once.
SELECT 'initiatives' AS place, initiative_id AS id, count(*) AS times FROM initiatives GROUP BY initiative_id HAVING count(*) > 1
UNION ALL
SELECT 'listings', record_id, count(*) FROM listings GROUP BY record_id HAVING count(*) > 1
ORDER BY ALL;
