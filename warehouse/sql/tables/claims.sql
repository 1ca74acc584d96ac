-- after: versions, statements, restated, stated_fields
-- by: initiative_id
-- order: initiative_id, record_id, field, position, first_seen, value, qualifier
-- The largest table: to try every way of packing takes longer than to pack.
CREATE TABLE claims (
    initiative_id VARCHAR NOT NULL USING COMPRESSION dictionary,
    record_id VARCHAR NOT NULL USING COMPRESSION dictionary,
    portal VARCHAR USING COMPRESSION dictionary,
    field VARCHAR NOT NULL USING COMPRESSION dictionary,
    value VARCHAR NOT NULL USING COMPRESSION zstd,
    qualifier VARCHAR USING COMPRESSION dictionary,
    position INTEGER NOT NULL USING COMPRESSION bitpacking,
    raw VARCHAR USING COMPRESSION zstd,
    rule VARCHAR USING COMPRESSION dictionary,
    confidence DOUBLE,
    first_seen TIMESTAMP NOT NULL USING COMPRESSION rle,
    last_seen TIMESTAMP NOT NULL USING COMPRESSION rle,
    superseded_at TIMESTAMP USING COMPRESSION rle,
    is_valid BOOLEAN NOT NULL USING COMPRESSION rle
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
-- most listings never change: their one version says it all
WITH lasting AS (
    SELECT *, first_at AS first_seen, last_at AS last_seen, superseded_at IS NULL AND ended_at IS NULL AS is_valid
    FROM statements
    WHERE version_count = 1
),
retold AS (
    SELECT
        *, [field] AS fields, [[value]] AS said, [qualifier] AS qualifiers,
        to_json([raw])::VARCHAR AS raws, to_json([rule])::VARCHAR AS rules, [confidence] AS confidences, quoted_length('full') AS fact
    FROM restated
),
-- in order before they are taken apart: what a listing says comes in the order of the fields
ordered AS (
    FROM lasting
    UNION ALL BY NAME
    FROM retold
    ORDER BY place, field, position, first_seen, value, qualifier
),
opened AS (
    SELECT
        initiative_id, record_id, portal, first_seen, last_seen, superseded_at, is_valid, position,
        unnest(coalesce(fields, stated_fields())) AS field, unnest(said) AS said, unnest(qualifiers) AS qualifier,
        unnest(texts_in(raws)) AS raw, unnest(texts_in(rules)) AS rule,
        unnest(confidences) AS confidence, unnest(CASE WHEN fields IS NULL THEN quotable(fact, prose) ELSE [fact] END) AS most
    FROM ordered
),
final AS (
    SELECT
        * EXCLUDE (said, most) REPLACE (
            coalesce(position, generate_subscripts(said, 1)) AS position, quoted(raw, most) AS raw, round(confidence, 4) AS confidence
        ),
        unnest(said) AS value
    FROM opened
)
FROM final WHERE value IS NOT NULL;
