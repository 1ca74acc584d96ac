-- Where do portals contradict each other about when an initiative starts?
SELECT i.title, list({'portal': c.portal, 'says': c.value, 'exactly': c.qualifier} ORDER BY c.portal) AS claims, i.start_date AS chosen
FROM claims c
JOIN initiatives i USING (initiative_id)
WHERE c.field = 'start_date' AND c.is_valid
GROUP BY i.initiative_id, i.title, i.start_date
HAVING count(DISTINCT year(c.value::DATE)) > 1
ORDER BY i.title;
