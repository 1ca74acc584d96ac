-- Which topics does each country address, and how often?
SELECT i.country, c.label AS topic, count(*) AS initiatives
FROM (SELECT country, unnest(topics) AS code FROM initiatives) i
JOIN codes c ON c.field = 'topics' AND c.code = i.code
GROUP BY ALL
ORDER BY i.country, initiatives DESC, topic;
