-- Curators' decisions, oldest first. Who decided stays out of every release.
CREATE TEMP TABLE staged_decisions (
    id VARCHAR NOT NULL,
    "at" VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    records VARCHAR[],
    initiative VARCHAR,
    field VARCHAR,
    value VARCHAR,
    source VARCHAR,
    reason VARCHAR,
    undoes VARCHAR
);
