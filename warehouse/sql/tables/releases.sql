-- after: changes, moments, initiatives
CREATE TABLE releases (
    version VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL PRIMARY KEY,
    run_date DATE NOT NULL,
    is_this BOOLEAN NOT NULL,
    schema_version VARCHAR,
    added_count INTEGER NOT NULL,
    changed_count INTEGER NOT NULL,
    retired_count INTEGER NOT NULL,
    merged_count INTEGER NOT NULL
);
COMMENT ON TABLE releases IS 'Versions up to this one: a run that changed something makes one.';
COMMENT ON COLUMN releases.version IS 'Day of its newest run and a number; of earlier ones the run itself.';
COMMENT ON COLUMN releases.run_id IS 'Its newest run.';
COMMENT ON COLUMN releases.run_date IS 'Day of that run.';
COMMENT ON COLUMN releases.is_this IS 'True for the release that this file is.';
COMMENT ON COLUMN releases.schema_version IS 'Version of the published columns; only of this release.';
COMMENT ON COLUMN releases.added_count IS 'Initiatives that it added.';
COMMENT ON COLUMN releases.changed_count IS 'Initiatives of which it changed a field.';
COMMENT ON COLUMN releases.retired_count IS 'Initiatives that no portal lists since then.';
COMMENT ON COLUMN releases.merged_count IS 'Initiatives that were merged into others.';

INSERT INTO releases
WITH source AS (SELECT DISTINCT run_id, change, initiative_id FROM changes),
counted AS (
    SELECT
        run_id,
        count(*) FILTER (change = 'added') AS added,
        count(*) FILTER (change = 'changed') AS changed,
        count(*) FILTER (change = 'retired') AS retired,
        count(*) FILTER (change = 'merged') AS merged
    FROM source
    GROUP BY run_id
),
final AS (
    SELECT
        coalesce(r.version, m.run_id) AS version, m.run_id, m.run_date, r.version IS NOT NULL AS is_this, r.schema_version,
        coalesce(c.added, 0), coalesce(c.changed, 0), coalesce(c.retired, 0), coalesce(c.merged, 0)
    FROM moments m
    LEFT JOIN counted c USING (run_id)
    LEFT JOIN staged_release r ON m.run = (SELECT max(run) FROM moments)
)
FROM final ORDER BY run_date, length(run_id), run_id;
