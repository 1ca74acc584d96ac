-- after: fingerprints, moved, corrections
-- Listings and initiatives of which anything may be told otherwise than in the last release: all else stays as it is.
CREATE TEMP TABLE changed_records AS
SELECT coalesce(f.record_id, b.record_id) AS record_id, f.initiative_id AS now_id, b.initiative_id AS was_id
FROM fingerprints f
FULL JOIN basis_records b ON b.record_id = f.record_id
LEFT JOIN moved m ON m.portal = f.portal AND m.was = b.last_seen
WHERE f.fingerprint IS DISTINCT FROM b.fingerprint
   OR f.initiative_id IS DISTINCT FROM b.initiative_id
   OR f.last_seen IS DISTINCT FROM m.now;

CREATE TEMP TABLE touched_initiatives AS
WITH days AS (
    SELECT (SELECT max(run_date) FROM basis_moments) AS was, (SELECT max(run_date) FROM moments) AS now
),
source AS (
    SELECT now_id AS initiative_id FROM changed_records
    UNION ALL SELECT was_id FROM changed_records
    -- a decision counts from the first run after it
    UNION ALL SELECT initiative_id FROM corrections
    UNION ALL SELECT initiative_id FROM basis_corrected
    -- merged ones are told under their old id with their new title
    UNION ALL SELECT old_id FROM staged_redirects
    UNION ALL SELECT old_id FROM redirects
    -- the dates alone may change the status
    UNION ALL
    SELECT initiative_id FROM initiatives, days
    WHERE (start_date > was AND start_date <= now)
       OR (end_date + 1 > was AND end_date + 1 <= now)
       OR (start_date + INTERVAL 10 YEAR > was AND start_date + INTERVAL 10 YEAR <= now)
    -- a listing that was not looked at since an earlier state ended
    UNION ALL SELECT initiative_id FROM history WHERE last_seen < valid_to AND last_seen IN (SELECT was_at FROM moved)
)
SELECT DISTINCT initiative_id FROM source WHERE initiative_id IS NOT NULL;

CREATE TEMP TABLE touched_records AS
SELECT record_id FROM changed_records
UNION
SELECT record_id FROM fingerprints SEMI JOIN touched_initiatives USING (initiative_id)
UNION
SELECT record_id FROM basis_records SEMI JOIN touched_initiatives USING (initiative_id);
