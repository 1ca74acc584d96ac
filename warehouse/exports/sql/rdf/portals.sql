-- of portals: The portals that the statements come from.
WITH source AS (
    SELECT *, own_iri('portal', portal) AS s FROM portals WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
)
SELECT concat_ws(
    ' .' || chr(10),
    s || ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/WebSite>',
    s || ' <http://purl.org/dc/terms/identifier> ' || literal_text(portal),
    s || ' <http://purl.org/dc/terms/title> ' || tagged(title, languages[1]),
    s || ' <http://purl.org/dc/elements/1.1/publisher> ' || literal_text(publisher),
    s || ' <http://xmlns.com/foaf/0.1/homepage> ' || as_iri(homepage),
    s || ' <http://purl.org/dc/terms/license> ' || as_iri(licence),
    s || ' <http://purl.org/dc/terms/spatial> <' || getvariable('countries')[country] || '>',
    all_lines(list_transform(nuts, lambda n: s || ' <http://purl.org/dc/terms/spatial> <' || nuts_uri(n) || '>')),
    all_lines(list_transform(languages, lambda l: s || ' <http://purl.org/dc/elements/1.1/language> ' || literal_text(l)))
) || ' .' AS line
FROM source;
