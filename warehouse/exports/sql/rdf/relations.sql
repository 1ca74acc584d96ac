-- How initiatives relate, both ways, and how sure that is: a qualified influence carries the score and the evidence.
WITH source AS (
    SELECT
        own_iri('id', source_id) AS s,
        own_iri('id', target_id) AS t,
        '<' || getvariable('base') || 'relation/' || url_encode(source_id) || '/' || relation || '/' || url_encode(target_id) || '>' AS r,
        CASE relation
            WHEN 'successor_of' THEN ['<http://purl.org/dc/terms/replaces>', '<http://purl.org/dc/terms/isReplacedBy>']
            WHEN 'part_of' THEN ['<http://purl.org/dc/terms/isPartOf>', '<http://purl.org/dc/terms/hasPart>']
            ELSE ['<' || getvariable('base') || 'def/' || relation || '>', '<' || getvariable('base') || 'def/implementedBy>']
        END AS p,
        score, evidence
    FROM relations
)
SELECT concat(
    s, ' ', p[1], ' ', t, ' .', chr(10),
    t, ' ', p[2], ' ', s, ' .', chr(10),
    s, ' <http://www.w3.org/ns/prov#qualifiedInfluence> ', r, ' .', chr(10),
    r, ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/prov#Influence> .', chr(10),
    r, ' <http://www.w3.org/ns/prov#influencer> ', t, ' .', chr(10),
    r, ' <http://purl.org/dc/terms/type> ', p[1], ' .', chr(10),
    statement(r, ' <' || getvariable('base') || 'def/score> ', typed(score, 'double'), ''),
    statement(r, ' <http://www.w3.org/2000/01/rdf-schema#comment> ', literal_text(evidence), '')
) AS line
FROM source;
