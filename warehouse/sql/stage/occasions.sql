-- after: versions, corrections
-- For every initiative the runs that changed something in it; a state lasts from one occasion to the next.
CREATE TEMP TABLE occasions AS
WITH events AS (
    SELECT initiative_id, from_run AS run FROM versions WHERE initiative_id IS NOT NULL AND included
    UNION
    SELECT initiative_id, to_run FROM versions WHERE initiative_id IS NOT NULL AND included AND to_run IS NOT NULL
    UNION
    SELECT initiative_id, ended_run FROM versions WHERE initiative_id IS NOT NULL AND included AND ended_run IS NOT NULL
    UNION
    SELECT initiative_id, from_run FROM corrections
),
final AS (
    SELECT
        (row_number() OVER (ORDER BY initiative_id, run))::BIGINT AS state,
        initiative_id,
        run,
        lead(run) OVER (PARTITION BY initiative_id ORDER BY run) AS next_run
    FROM events
)
FROM final;
