-- The nearest other initiatives of each initiative.
CREATE TEMP TABLE staged_similar (
    initiative_id VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    rank INTEGER NOT NULL
);
