-- of listings: which pages speak of an initiative, and on which portal they stand.
WITH source AS (
    SELECT DISTINCT initiative_id, as_iri(url) AS page, portal FROM listings
    WHERE rowid >= getvariable('first') AND rowid < getvariable('last') AND initiative_id IS NOT NULL AND plain_iri(url) IS NOT NULL
)
SELECT concat_ws(
    chr(10),
    own_iri('id', initiative_id) || ' <http://www.w3.org/ns/prov#wasDerivedFrom> ' || page || ' .',
    page || ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://xmlns.com/foaf/0.1/Document> .',
    page || ' <http://purl.org/dc/terms/isPartOf> ' || own_iri('portal', portal) || ' .'
) AS line
FROM source ORDER BY initiative_id, page, portal;
