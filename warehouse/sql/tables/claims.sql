-- after: stated, corrections
-- by: initiative_id
-- order: initiative_id, record_id, field, position, first_seen, value, qualifier
CREATE TABLE claims (
    initiative_id VARCHAR NOT NULL,
    record_id VARCHAR NOT NULL,
    portal VARCHAR,
    field VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    qualifier VARCHAR,
    position INTEGER NOT NULL,
    raw VARCHAR,
    rule VARCHAR,
    confidence DOUBLE,
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    superseded_at TIMESTAMP,
    is_valid BOOLEAN NOT NULL
);
COMMENT ON TABLE claims IS 'Every value that a listing states or stated of an initiative, one row per value of a field and stretch of time; the values of initiatives are chosen among these.';
COMMENT ON COLUMN claims.initiative_id IS 'Initiative it is said of.';
COMMENT ON COLUMN claims.record_id IS 'Listing that says it; decision: and a key where a curator says it.';
COMMENT ON COLUMN claims.portal IS 'Portal of that listing; empty for a curator.';
COMMENT ON COLUMN claims.field IS 'Field, as listings names it.';
COMMENT ON COLUMN claims.value IS 'The value as text; one row per value where the field holds several.';
COMMENT ON COLUMN claims.qualifier IS 'Language of a title or description, precision of a date, currency of an amount, key of an organisation.';
COMMENT ON COLUMN claims.position IS 'Place among several values of the field, from 1.';
COMMENT ON COLUMN claims.raw IS 'What the portal wrote, where it is short and its licence allows.';
COMMENT ON COLUMN claims.rule IS 'Rule that read it.';
COMMENT ON COLUMN claims.confidence IS 'How surely it was read, 0 to 1.';
COMMENT ON COLUMN claims.first_seen IS 'When the listing was first seen to say it (UTC).';
COMMENT ON COLUMN claims.last_seen IS 'When the listing was last seen to say it (UTC).';
COMMENT ON COLUMN claims.superseded_at IS 'When the listing was first seen to say otherwise (UTC); empty where it never was.';
COMMENT ON COLUMN claims.is_valid IS 'True while the listing is there and says so.';

INSERT INTO claims BY NAME
-- most listings never change
WITH lasting AS (
    SELECT
        initiative_id, record_id, portal, field, value, qualifier, position, raw, rule, confidence,
        first_at AS first_seen, last_at AS last_seen, superseded_at, superseded_at IS NULL AND ended_at IS NULL AS is_valid
    FROM stated
    WHERE version_count = 1
),
-- a value that stands through several versions is one claim; one that went and came back is two
numbered AS (
    SELECT
        *,
        dense_rank() OVER (PARTITION BY record_id ORDER BY version_no)
            - row_number() OVER (PARTITION BY record_id, field, value, qualifier ORDER BY version_no) AS stretch
    FROM stated
    WHERE version_count > 1
),
stretches AS (
    SELECT
        initiative_id, record_id, field, value, qualifier,
        any_value(portal) AS portal,
        arg_max(position, version_no) AS position,
        arg_max({'raw': raw, 'rule': rule, 'confidence': confidence}, version_no) AS last,
        min(first_at) AS first_seen,
        max(last_at) AS last_seen,
        arg_max({'superseded_at': superseded_at, 'ended_at': ended_at}, version_no) AS closed
    FROM numbered
    GROUP BY initiative_id, record_id, field, value, qualifier, stretch
),
changing AS (
    SELECT
        * EXCLUDE (last, closed), last.raw AS raw, last.rule AS rule, last.confidence AS confidence,
        closed.superseded_at AS superseded_at, closed.superseded_at IS NULL AND closed.ended_at IS NULL AS is_valid
    FROM stretches
),
decided AS (
    SELECT
        initiative_id, 'decision:' || decision_id AS record_id, field, value, qualifier, 1 AS position, 'curator' AS rule, 1.0 AS confidence,
        decided_at AS first_seen,
        greatest(decided_at, (SELECT max(began_at) FROM moments)) AS last_seen,
        lead(decided_at) OVER (PARTITION BY initiative_id, field ORDER BY corrections.position) AS superseded_at,
        superseded_at IS NULL AS is_valid
    FROM corrections
    WHERE is_known AND value IS NOT NULL
),
final AS (
    FROM lasting
    UNION ALL BY NAME
    FROM changing
    UNION ALL BY NAME
    FROM decided
)
FROM final ORDER BY initiative_id, record_id, field, position, first_seen, value, qualifier;
