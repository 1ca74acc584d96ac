-- Which regional initiatives are there, by NUTS region?
SELECT unnest(nuts) AS region, title, kind, status, lead_organisation
FROM initiatives
WHERE level IN ('regional', 'local')
ORDER BY region, title;
