-- Pairs that wait for a curator.
CREATE TEMP TABLE staged_doubtful (record_a VARCHAR NOT NULL, record_b VARCHAR NOT NULL, score DOUBLE);
