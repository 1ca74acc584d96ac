-- of redirects: Ids that were merged into others.
SELECT concat_ws(
    chr(10),
    own_iri('id', old_id) || ' <http://purl.org/dc/terms/isReplacedBy> ' || own_iri('id', new_id) || ' .',
    own_iri('id', old_id) || ' <http://www.w3.org/2002/07/owl#deprecated> ' || typed('true', 'boolean') || ' .'
) AS line
FROM redirects
WHERE rowid >= getvariable('first') AND rowid < getvariable('last');
