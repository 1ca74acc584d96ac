-- The same world a run later: every portal was harvested, one listing in $changed says something new, all others were seen again.
CREATE TABLE versions AS
WITH source AS (
    SELECT *, current AND hash(record_id) % $changed = 0 AS changes FROM read_parquet('$folder/versions.parquet')
)
SELECT * EXCLUDE (changes) REPLACE (
    CASE WHEN current AND NOT changes THEN $seen ELSE last_seen END AS last_seen,
    CASE WHEN changes THEN $seen ELSE seen_until END AS seen_until,
    current AND NOT changes AS current
)
FROM source
UNION ALL
SELECT * EXCLUDE (changes) REPLACE (
    title || ' again' AS title, 'teachers' AS acronym, md5(record_id || $seen) AS content_hash,
    '$run' AS run_id, $seen AS first_seen, $seen AS last_seen
)
FROM source WHERE changes;

CREATE TABLE runs AS
FROM read_parquet('$folder/runs.parquet')
UNION ALL BY NAME
SELECT '$run' AS run_id, portal, $seen AS started_at, 'ok' AS verdict, []::VARCHAR[] AS reasons, 10::BIGINT AS found
FROM read_parquet('$folder/portals.parquet');
