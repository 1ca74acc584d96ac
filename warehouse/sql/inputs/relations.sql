-- Directed relations between initiatives, with their evidence in words.
CREATE TEMP TABLE staged_relations (
    source_id VARCHAR NOT NULL,
    target_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,
    score DOUBLE,
    evidence VARCHAR
);
