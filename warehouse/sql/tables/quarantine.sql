-- after: corrections
CREATE TABLE quarantine (
    portal VARCHAR,
    run_id VARCHAR,
    source VARCHAR,
    line BIGINT,
    reason VARCHAR NOT NULL,
    mend VARCHAR
);
COMMENT ON TABLE quarantine IS 'What was refused, with the reason and what would mend it; nothing is dropped in silence.';
COMMENT ON COLUMN quarantine.portal IS 'Portal that it came from.';
COMMENT ON COLUMN quarantine.run_id IS 'Run that brought it.';
COMMENT ON COLUMN quarantine.source IS 'File, listing or decision that was refused.';
COMMENT ON COLUMN quarantine.line IS 'Line of that file.';
COMMENT ON COLUMN quarantine.reason IS 'Why it was refused.';
COMMENT ON COLUMN quarantine.mend IS 'What would mend it.';

INSERT INTO quarantine
WITH source AS (FROM staged_quarantine),
refused AS (
    SELECT
        NULL AS portal, NULL AS run_id, 'decision ' || decision_id AS source, NULL AS line,
        CASE WHEN is_known THEN 'no value of ' || field ELSE 'no field ' || coalesce(field, '') || ' can be corrected' END AS reason,
        'Undo the decision and decide again with a date as 2025-12-31, a plain number, or a field of initiatives.' AS mend
    FROM corrections
    WHERE NOT is_known OR value IS NULL
),
final AS (
    SELECT portal, run_id, source, line, reason, mend FROM source
    UNION ALL
    FROM refused
)
FROM final ORDER BY ALL;
