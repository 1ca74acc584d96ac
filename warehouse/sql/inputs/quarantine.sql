-- What was refused, why, and what would mend it.
CREATE TEMP TABLE staged_quarantine (
    portal VARCHAR,
    run_id VARCHAR,
    source VARCHAR,
    line BIGINT,
    reason VARCHAR NOT NULL,
    mend VARCHAR
);
