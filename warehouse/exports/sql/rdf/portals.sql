-- The portals that the statements come from.
WITH source AS (SELECT *, own_iri('portal', portal) AS s FROM portals)
SELECT concat(
    s, ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/WebSite> .', chr(10),
    statement(s, ' <http://purl.org/dc/terms/identifier> ', literal_text(portal), ''),
    statement(s, ' <http://purl.org/dc/terms/title> ', tagged(title, languages[1]), ''),
    statement(s, ' <http://purl.org/dc/elements/1.1/publisher> ', literal_text(publisher), ''),
    statement(s, ' <http://xmlns.com/foaf/0.1/homepage> ', as_iri(homepage), ''),
    statement(s, ' <http://purl.org/dc/terms/license> ', as_iri(licence), ''),
    statement(s, ' <http://purl.org/dc/terms/spatial> <', getvariable('countries')[country], '>'),
    array_to_string(list_transform(nuts, lambda n: s || ' <http://purl.org/dc/terms/spatial> <' || nuts_uri(n) || '> .' || chr(10)), ''),
    array_to_string(list_transform(languages, lambda l: s || ' <http://purl.org/dc/elements/1.1/language> ' || literal_text(l) || ' .' || chr(10)), '')
) AS line
FROM source;
