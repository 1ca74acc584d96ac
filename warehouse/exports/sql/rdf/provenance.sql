-- Which pages speak of an initiative, and on which portal they stand; a page that speaks of it in two listings says so twice.
WITH source AS (
    SELECT own_iri('id', initiative_id) AS s, as_iri(url) AS page, own_iri('portal', portal) AS portal FROM listings WHERE initiative_id IS NOT NULL
)
SELECT concat(
    s, ' <http://www.w3.org/ns/prov#wasDerivedFrom> ', page, ' .', chr(10),
    page, ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://xmlns.com/foaf/0.1/Document> .', chr(10),
    statement(page, ' <http://purl.org/dc/terms/isPartOf> ', portal, '')
) AS line
FROM source WHERE page IS NOT NULL;
