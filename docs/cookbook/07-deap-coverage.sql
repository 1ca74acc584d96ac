-- Which actions of the Digital Education Action Plan have initiatives in how many countries?
SELECT c.code, c.label, count(DISTINCT i.initiative_id) AS initiatives, count(DISTINCT i.country) AS countries
FROM codes c
LEFT JOIN (SELECT initiative_id, country, unnest(deap_priorities) AS code FROM initiatives) i USING (code)
WHERE c.field = 'deap_priorities'
GROUP BY c.code, c.label
ORDER BY c.code;
