-- of organisations: organisations that lead initiatives.
WITH nodes AS (
    SELECT {
        '@id': getvariable('base') || 'organisation/' || url_encode(organisation_id),
        '@type': 'Organization',
        'name': clean_text(name),
        'alternateName': nullif(list_transform(list_filter(names, lambda n: n <> name), lambda n: clean_text(n)), [])
    } AS node
    FROM organisations
    WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
)
SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' AS line FROM nodes;
