-- What an initiative is related to, in both directions.
SELECT r.relation, 'to' AS direction, r.target_id AS other_id, t.title, r.score, r.evidence
FROM relations r LEFT JOIN initiatives t ON t.initiative_id = r.target_id
WHERE r.source_id = $id
UNION ALL
SELECT r.relation, 'from', r.source_id, s.title, r.score, r.evidence
FROM relations r LEFT JOIN initiatives s ON s.initiative_id = r.source_id
WHERE r.target_id = $id
ORDER BY relation, direction, other_id
