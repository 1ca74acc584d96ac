-- Text as RDF, JSON and XML can hold it: no control characters.
CREATE OR REPLACE TEMP MACRO clean_text(said) AS regexp_replace(said, '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]', '', 'g');
-- A literal of N-Triples and a string of JSON, which escape alike; most text needs no escape, which to_json tells faster than a pattern.
CREATE OR REPLACE TEMP MACRO literal_text(said) AS CASE
    WHEN contains(to_json(said)::VARCHAR, '\') OR contains(said, chr(127)) THEN to_json(clean_text(said))::VARCHAR
    ELSE '"' || said || '"'
END;
CREATE OR REPLACE TEMP MACRO plain_tag(code) AS CASE WHEN regexp_full_match(code, '[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*') AND code <> 'und' THEN code END;
CREATE OR REPLACE TEMP MACRO tagged(said, code) AS literal_text(said) || coalesce('@' || plain_tag(code), '');
-- The same in JSON-LD.
CREATE OR REPLACE TEMP MACRO tagged_node(said, code) AS '{"@value":' || literal_text(said) || coalesce(',"@language":"' || plain_tag(code) || '"', '') || '}';
CREATE OR REPLACE TEMP MACRO typed(said, datatype) AS '"' || said::VARCHAR || '"^^<http://www.w3.org/2001/XMLSchema#' || datatype || '>';
-- An address without the characters that RDF does not allow in one; null where it is none.
CREATE OR REPLACE TEMP MACRO plain_iri(said) AS CASE
    WHEN regexp_full_match(said, 'https?://[^/?#\x00-\x20\x7F<>"{}|\\^`][^\x00-\x20\x7F<>"{}|\\^`]*') THEN said
    WHEN regexp_matches(said, '^https?://[^/?#\s]') THEN
        replace(replace(replace(replace(replace(replace(replace(replace(replace(
            regexp_replace(said, '[\x00-\x1F\x7F]', '', 'g'),
        ' ', '%20'), '<', '%3C'), '>', '%3E'), '"', '%22'), '{', '%7B'), '}', '%7D'), '|', '%7C'), '\', '%5C'), '^', '%5E').replace('`', '%60')
END;
CREATE OR REPLACE TEMP MACRO as_iri(said) AS '<' || plain_iri(said) || '>';
-- A code as the last part of a URI.
CREATE OR REPLACE TEMP MACRO own_iri(kind, code) AS '<' || getvariable('base') || kind || '/' || url_encode(code) || '>';
CREATE OR REPLACE TEMP MACRO nuts_uri(code) AS CASE WHEN regexp_full_match(code, '[A-Z]{2}[A-Z0-9]{0,3}') THEN 'http://data.europa.eu/nuts/code/' || code END;
-- Codes as last parts of URIs with %1F between them; null where there is none.
CREATE OR REPLACE TEMP MACRO encoded(codes) AS url_encode(nullif(array_to_string(codes, chr(31)), ''));
-- A line of N-Triples: subject, all up to what is said, that, and what follows it; null where nothing is said.
-- concat makes its text at once, || piece by piece.
CREATE OR REPLACE TEMP MACRO statement(subject, before, said, after) AS
    CASE WHEN said IS NOT NULL THEN concat(subject, before, said, after || ' .' || chr(10)) END;
-- A line for each of the encoded codes.
CREATE OR REPLACE TEMP MACRO statements(subject, before, codes) AS
    CASE WHEN codes IS NOT NULL THEN
        concat(subject, before, replace(codes, '%1F', concat('> .' || chr(10), subject, before)), '> .' || chr(10))
    END;
-- The encoded codes as strings of JSON; null where there is none.
CREATE OR REPLACE TEMP MACRO addresses(before, codes) AS '"' || before || replace(codes, '%1F', '","' || before) || '"';
