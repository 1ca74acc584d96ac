CREATE TABLE relations (
    source_id VARCHAR NOT NULL,
    target_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,
    score DOUBLE,
    evidence VARCHAR
);
COMMENT ON TABLE relations IS 'How initiatives relate: the source succeeds, is part of, or implements the target.';
COMMENT ON COLUMN relations.source_id IS 'The successor, the part, or the implementing initiative.';
COMMENT ON COLUMN relations.target_id IS 'What it succeeds, belongs to or implements.';
COMMENT ON COLUMN relations.relation IS 'successor_of, part_of or implements.';
COMMENT ON COLUMN relations.score IS 'How sure the relation is, 0 to 1.';
COMMENT ON COLUMN relations.evidence IS 'Why it was found, in words.';

INSERT INTO relations
WITH source AS (FROM staged_relations),
final AS (SELECT source_id, target_id, relation, round(score, 4) AS score, evidence FROM source)
FROM final ORDER BY source_id, relation, target_id;
