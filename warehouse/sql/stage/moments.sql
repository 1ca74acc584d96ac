-- The runs in their order: what changed is told from one to the next.
CREATE TEMP TABLE moments AS
WITH source AS (
    SELECT run_id, started_at FROM staged_runs
    UNION ALL
    SELECT run_id, NULL FROM staged_versions
),
renamed AS (
    SELECT
        run_id,
        split_part(run_id, '.', 1)::DATE AS run_date,
        coalesce(try_cast(split_part(run_id, '.', 2) AS INTEGER), 0) AS run_number,
        min(started_at::TIMESTAMP) AS started_at
    FROM source
    GROUP BY run_id
),
final AS (
    SELECT
        row_number() OVER (ORDER BY run_date, run_number, run_id)::INTEGER AS run,
        run_id,
        run_date,
        coalesce(started_at, run_date::TIMESTAMP) AS began_at
    FROM renamed
)
FROM final ORDER BY run;
