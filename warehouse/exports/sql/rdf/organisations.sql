-- Organisations that lead initiatives, with all names in use.
WITH source AS (SELECT *, own_iri('organisation', organisation_id) AS s FROM organisations)
SELECT concat(
    s, ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://xmlns.com/foaf/0.1/Organization> .', chr(10),
    statement(s, ' <http://xmlns.com/foaf/0.1/name> ', literal_text(name), ''),
    array_to_string(list_transform(
        list_filter(names, lambda n: n <> name), lambda n: s || ' <http://www.w3.org/2004/02/skos/core#altLabel> ' || literal_text(n) || ' .' || chr(10)), ''),
    array_to_string(list_transform(
        countries, lambda c: s || ' <http://purl.org/dc/terms/spatial> <' || getvariable('countries')[c] || '> .' || chr(10)), '')
) AS line
FROM source;
