-- Text as RDF, JSON and XML can hold it: no control characters.
CREATE OR REPLACE TEMP MACRO clean_text(said) AS regexp_replace(said, '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]', '', 'g');
-- An N-Triples literal; most text needs no escape.
CREATE OR REPLACE TEMP MACRO literal_text(said) AS '"' || CASE
    WHEN regexp_matches(said, '[\x00-\x1F\x7F"\\]') THEN
        replace(replace(replace(replace(replace(clean_text(said), '\', '\\'), '"', '\"'), chr(10), '\n'), chr(13), '\r'), chr(9), '\t')
    ELSE said
END || '"';
CREATE OR REPLACE TEMP MACRO plain_tag(code) AS CASE WHEN regexp_full_match(code, '[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*') AND code <> 'und' THEN code END;
CREATE OR REPLACE TEMP MACRO tagged(said, code) AS literal_text(said) || coalesce('@' || plain_tag(code), '');
-- Several triples as lines but for the last full stop; null where there is none.
CREATE OR REPLACE TEMP MACRO all_lines(triples) AS nullif(array_to_string(triples, ' .' || chr(10)), '');
-- The same in JSON-LD.
CREATE OR REPLACE TEMP MACRO tagged_node(said, code) AS json_merge_patch('{}', to_json({'@value': clean_text(said), '@language': plain_tag(code)}));
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
