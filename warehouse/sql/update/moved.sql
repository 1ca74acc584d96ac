-- after: fingerprints
-- Listings that a portal still shows unchanged were last seen in its newest run: from which time to which they moved.
CREATE TEMP TABLE moved AS
WITH source AS (
    SELECT f.portal, b.last_seen AS was, f.last_seen AS now, count(*) AS times
    FROM fingerprints f
    JOIN basis_records b USING (record_id, fingerprint)
    WHERE f.portal IS NOT NULL AND f.last_seen IS NOT NULL
    GROUP BY ALL
),
final AS (
    SELECT portal, was, max({'times': times, 'now': now}).now AS now FROM source GROUP BY portal, was
)
-- as times too: read once here, not once a row that moves
SELECT *, was::TIMESTAMP AS was_at, now::TIMESTAMP AS now_at FROM final;
