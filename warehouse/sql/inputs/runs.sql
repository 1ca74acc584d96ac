-- One row per run and portal; started_at is UTC, ISO 8601.
CREATE TEMP TABLE staged_runs (
    run_id VARCHAR NOT NULL,
    portal VARCHAR NOT NULL,
    started_at VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL,
    reasons VARCHAR[],
    found BIGINT,
    claimed BIGINT,
    "new" BIGINT,
    changed BIGINT,
    unchanged BIGINT,
    missing BIGINT,
    gone BIGINT,
    errors BIGINT
);
