-- after: moments
CREATE TABLE runs (
    run_id VARCHAR NOT NULL,
    portal VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    verdict VARCHAR NOT NULL,
    reasons VARCHAR[] NOT NULL,
    found_count BIGINT,
    claimed_count BIGINT,
    new_count BIGINT,
    changed_count BIGINT,
    unchanged_count BIGINT,
    missing_count BIGINT,
    gone_count BIGINT,
    error_count BIGINT,
    PRIMARY KEY (run_id, portal)
);
COMMENT ON TABLE runs IS 'Harvests that this release knows of: one row per run and portal.';
COMMENT ON COLUMN runs.run_id IS 'UTC date of the run and its number on that day.';
COMMENT ON COLUMN runs.portal IS 'Portal that was harvested.';
COMMENT ON COLUMN runs.started_at IS 'When its harvest began (UTC).';
COMMENT ON COLUMN runs.verdict IS 'ok: published; held: kept back at the last good state; failed.';
COMMENT ON COLUMN runs.reasons IS 'Why it was held back or failed.';
COMMENT ON COLUMN runs.found_count IS 'Listings found.';
COMMENT ON COLUMN runs.claimed_count IS 'Listings that the portal itself claims to have.';
COMMENT ON COLUMN runs.new_count IS 'Listings not seen before.';
COMMENT ON COLUMN runs.changed_count IS 'Listings that say something else than before.';
COMMENT ON COLUMN runs.unchanged_count IS 'Listings that say the same as before.';
COMMENT ON COLUMN runs.missing_count IS 'Known listings that were not found.';
COMMENT ON COLUMN runs.gone_count IS 'Listings that are taken to be gone.';
COMMENT ON COLUMN runs.error_count IS 'Requests or listings that failed.';

INSERT INTO runs
WITH source AS (FROM staged_runs),
final AS (
    SELECT
        run_id, portal, started_at::TIMESTAMP, verdict, coalesce(reasons, []) AS reasons,
        found, claimed, "new", changed, unchanged, missing, gone, errors
    FROM source
)
FROM final ORDER BY split_part(run_id, '.', 1), try_cast(split_part(run_id, '.', 2) AS INTEGER), run_id, portal;
