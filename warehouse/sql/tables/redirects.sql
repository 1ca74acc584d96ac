CREATE TABLE redirects (
    old_id VARCHAR NOT NULL PRIMARY KEY,
    new_id VARCHAR NOT NULL,
    redirected_at TIMESTAMP NOT NULL,
    reason VARCHAR
);
COMMENT ON TABLE redirects IS 'Initiative ids that were merged into others; each points straight at a living id.';
COMMENT ON COLUMN redirects.old_id IS 'Id that is no longer in use.';
COMMENT ON COLUMN redirects.new_id IS 'Id that the initiative goes by now.';
COMMENT ON COLUMN redirects.redirected_at IS 'When they were merged (UTC).';
COMMENT ON COLUMN redirects.reason IS 'Why.';

INSERT INTO redirects
WITH source AS (FROM staged_redirects),
final AS (SELECT old_id, new_id, "at"::TIMESTAMP AS redirected_at, reason FROM source)
FROM final ORDER BY old_id;
