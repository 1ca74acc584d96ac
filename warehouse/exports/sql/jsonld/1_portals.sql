-- of portals: the portals that the statements come from.
WITH nodes AS (
    SELECT {
        '@id': getvariable('base') || 'portal/' || url_encode(portal),
        '@type': 'WebSite',
        'identifier': portal,
        'name': tagged_node(title, languages[1]),
        'creditText': clean_text(publisher),
        'url': plain_iri(homepage),
        'license': plain_iri(licence),
        'inLanguage': nullif(languages, []),
        'spatial': getvariable('countries')[country]
    } AS node
    FROM portals
    WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
)
SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' AS line FROM nodes;
