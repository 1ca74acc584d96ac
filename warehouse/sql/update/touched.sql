-- after: fingerprints, moved, corrections
-- Listings and initiatives of which anything may be told otherwise than in the last release: all else stays as it is.
CREATE TEMP TABLE changed_records AS
SELECT c.record_id, c.now_id, c.was_id
FROM compared c
LEFT JOIN moved m ON m.portal = c.portal AND m.was_at = c.was_seen
WHERE NOT c.says_the_same OR c.now_id IS DISTINCT FROM c.was_id OR c.last_seen IS DISTINCT FROM m.now_at;

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
SELECT record_id FROM compared SEMI JOIN touched_initiatives ON touched_initiatives.initiative_id = compared.now_id;
