-- of portals: The portals that the statements come from.
WITH source AS (
    SELECT *, own_iri('portal', portal) AS s FROM portals WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
),
told AS (
    SELECT [
        s || ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/WebSite>',
        s || ' <http://purl.org/dc/terms/identifier> ' || literal_text(portal),
        s || ' <http://purl.org/dc/terms/title> ' || tagged(title, languages[1]),
        s || ' <http://purl.org/dc/elements/1.1/publisher> ' || literal_text(publisher),
        s || ' <http://xmlns.com/foaf/0.1/homepage> ' || as_iri(homepage),
        s || ' <http://purl.org/dc/terms/license> ' || as_iri(licence),
        s || ' <http://purl.org/dc/terms/spatial> <' || getvariable('countries')[country] || '>'
    ]
    || list_transform(nuts, lambda n: s || ' <http://purl.org/dc/terms/spatial> <' || nuts_uri(n) || '>')
    || list_transform(languages, lambda l: s || ' <http://purl.org/dc/elements/1.1/language> ' || literal_text(l))
    AS triples
    FROM source
)
SELECT array_to_string(list_transform(list_filter(triples, lambda t: t IS NOT NULL), lambda t: t || ' .'), chr(10)) AS line FROM told;
