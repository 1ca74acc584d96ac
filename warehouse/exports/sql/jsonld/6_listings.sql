-- of listings: the pages that an initiative was gathered from, and where they stand.
WITH pages AS (
    SELECT DISTINCT initiative_id, plain_iri(url) AS page, portal
    FROM listings
    WHERE rowid >= getvariable('first') AND rowid < getvariable('last') AND initiative_id IS NOT NULL AND plain_iri(url) IS NOT NULL
),
nodes AS (
    SELECT {
        '@id': page,
        '@type': 'WebPage',
        'isPartOf': getvariable('base') || 'portal/' || url_encode(portal),
        'basisOf': getvariable('base') || 'id/' || initiative_id
    } AS node
    FROM pages ORDER BY initiative_id, page, portal
)
SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' AS line FROM nodes;
