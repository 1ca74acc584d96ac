-- Which initiatives are part of, or implement, another one?
SELECT parent.title AS framework, r.relation, child.title, child.country, child.nuts, r.score
FROM relations r
JOIN initiatives child ON child.initiative_id = r.source_id
JOIN initiatives parent ON parent.initiative_id = r.target_id
WHERE r.relation IN ('implements', 'part_of')
ORDER BY framework, child.title;
