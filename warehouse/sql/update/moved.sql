-- after: fingerprints
-- Every listing beside itself in the last release; and those that a portal still shows unchanged, which were last seen in its newest run: from
-- which time to which they moved.
CREATE TEMP TABLE compared AS
SELECT
    coalesce(f.record_id, b.record_id) AS record_id,
    f.portal,
    f.last_seen,
    b.last_seen AS was_seen,
    f.initiative_id AS now_id,
    b.initiative_id AS was_id,
    coalesce(f.fingerprint = b.fingerprint, false) AS says_the_same,
    f.record_id IS NULL AS is_withdrawn
FROM fingerprints f
FULL JOIN basis_records b ON b.record_id = f.record_id;

CREATE TEMP TABLE moved AS
WITH source AS (
    SELECT portal, was_seen AS was_at, last_seen AS now_at, count(*) AS times
    FROM compared
    WHERE says_the_same AND portal IS NOT NULL AND last_seen IS NOT NULL
    GROUP BY ALL
),
final AS (
    SELECT portal, was_at, max({'times': times, 'now_at': now_at}).now_at AS now_at FROM source GROUP BY portal, was_at
)
FROM final;
