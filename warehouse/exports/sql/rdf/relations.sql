-- of relations: How initiatives relate, both ways, and how sure that is: a qualified influence carries the score and the evidence.
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
    FROM relations WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
)
SELECT concat_ws(
    chr(10),
    s || ' ' || p[1] || ' ' || t || ' .',
    t || ' ' || p[2] || ' ' || s || ' .',
    s || ' <http://www.w3.org/ns/prov#qualifiedInfluence> ' || r || ' .',
    r || ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/prov#Influence> .',
    r || ' <http://www.w3.org/ns/prov#influencer> ' || t || ' .',
    r || ' <http://purl.org/dc/terms/type> ' || p[1] || ' .',
    r || ' <' || getvariable('base') || 'def/score> ' || typed(score, 'double') || ' .',
    r || ' <http://www.w3.org/2000/01/rdf-schema#comment> ' || literal_text(evidence) || ' .'
) AS line
FROM source;
