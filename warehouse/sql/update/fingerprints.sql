-- after: moments
-- What the refined files say of every listing, as one number; only the time at which its present wording was last seen stands apart.
-- Beside it every wording of it, as numbers, and the latest time of which anything is told.
CREATE TEMP TABLE wordings AS
SELECT s.record_id, hash(s.wording, coalesce(s.reuse, p.reuse)) AS wording
FROM staged_versions s
LEFT JOIN staged_portals p USING (portal);

CREATE TEMP TABLE horizon AS
SELECT greatest(max(last_seen), max(seen_until))::TIMESTAMP AS known_until FROM staged_versions;

CREATE TEMP TABLE fingerprints AS
WITH source AS (
    SELECT * REPLACE (last_seen::TIMESTAMP AS last_seen) FROM staged_versions
),
ordered AS (
    SELECT
        s.record_id, s.portal, s.current, s.last_seen, s.said, m.run,
        hash(
            s.said,
            -- where the build reads the time itself, and does not only copy it
            CASE WHEN NOT s.current OR coalesce(s.modified_date, s.published_date) > s.last_seen THEN s.last_seen END,
            s.listing_status IN ('gone', 'retired') AND s.last_seen < (SELECT max(began_at) FROM moments)
        ) AS seen
    FROM source s
    JOIN moments m USING (run_id)
),
counted AS (
    SELECT
        record_id,
        any_value(portal) AS portal,
        max(last_seen) FILTER (current) AS last_seen,
        sum(seen::HUGEINT) AS seen,
        -- the one called current is the newest
        count(*) FILTER (current) = 1 AND coalesce(max(run) FILTER (NOT current) < max(run) FILTER (current), true) AS is_plain,
        sum(hash(said, last_seen)::HUGEINT) AS all_seen
    FROM ordered
    GROUP BY record_id
),
final AS (
    SELECT
        t.record_id,
        t.portal,
        c.initiative_id,
        t.last_seen,
        hash(t.seen, CASE WHEN NOT t.is_plain THEN t.all_seen END, p.authority, p.reuse) AS fingerprint
    FROM counted t
    LEFT JOIN staged_clusters c USING (record_id)
    LEFT JOIN staged_portals p USING (portal)
)
FROM final;
