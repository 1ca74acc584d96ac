CREATE TABLE matches (
    record_a VARCHAR NOT NULL,
    record_b VARCHAR NOT NULL,
    score DOUBLE,
    verdict VARCHAR NOT NULL,
    features MAP(VARCHAR, VARCHAR),
    is_waiting BOOLEAN NOT NULL
);
COMMENT ON TABLE matches IS 'Pairs of listings that were compared, with the evidence for and against their being one initiative.';
COMMENT ON COLUMN matches.record_a IS 'One listing.';
COMMENT ON COLUMN matches.record_b IS 'The other.';
COMMENT ON COLUMN matches.score IS 'Probability that both speak of one initiative, 0 to 1.';
COMMENT ON COLUMN matches.verdict IS 'join, doubtful or apart.';
COMMENT ON COLUMN matches.features IS 'What was compared, and how it came out: feature -> outcome.';
COMMENT ON COLUMN matches.is_waiting IS 'True where the pair waits for a curator.';

INSERT INTO matches
WITH source AS (FROM staged_matches),
waiting AS (SELECT DISTINCT record_a, record_b FROM staged_doubtful),
read AS (
    SELECT *, map_entries(from_json(features, '"MAP(VARCHAR, VARCHAR)"')) AS entries FROM source
),
final AS (
    SELECT
        s.record_a, s.record_b, round(s.score, 6) AS score, s.verdict,
        map_from_entries(list_sort(list_filter(s.entries, lambda e: e.value IS NOT NULL))) AS features,
        w.record_a IS NOT NULL AS is_waiting
    FROM read s
    LEFT JOIN waiting w ON w.record_a = s.record_a AND w.record_b = s.record_b
)
FROM final ORDER BY record_a, record_b;
