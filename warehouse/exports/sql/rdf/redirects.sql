-- Ids that were merged into others.
SELECT concat(
    own_iri('id', old_id), ' <http://purl.org/dc/terms/isReplacedBy> ', own_iri('id', new_id), ' .', chr(10),
    own_iri('id', old_id), ' <http://www.w3.org/2002/07/owl#deprecated> ', typed('true', 'boolean'), ' .', chr(10)
) AS line
FROM redirects;
