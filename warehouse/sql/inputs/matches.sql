-- Every pair of listings that was compared and is worth showing; features as JSON text.
CREATE TEMP TABLE staged_matches (
    record_a VARCHAR NOT NULL,
    record_b VARCHAR NOT NULL,
    score DOUBLE,
    verdict VARCHAR NOT NULL,
    features VARCHAR
);
