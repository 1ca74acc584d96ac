-- after: versions, statements, restated
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
    SELECT
        *, 2 * version_no AS place, first_at AS first_seen, last_at AS last_seen, superseded_at IS NULL AND ended_at IS NULL AS is_valid
    FROM versions
    WHERE version_count = 1 AND included AND initiative_id IS NOT NULL
),
retold AS (
    SELECT *, [{'field': field, 'said': [value], 'qualifier': qualifier, 'how': how, 'most': quoted_length('full')}] AS told FROM restated
),
-- in order before they are taken apart: what a listing says comes in the order of the fields
ordered AS (
    FROM lasting
    UNION ALL BY NAME
    FROM retold
    ORDER BY place, field, position, first_seen, value, qualifier
),
parsed AS (
    SELECT *, how AS p, quoted_length(reuse) AS quotable, quoted_length_of_text(reuse) AS quotable_text FROM ordered
),
-- the version as one value: a plan that names it is small
whole AS (SELECT *, v FROM parsed v),
said AS (
    SELECT
        initiative_id, record_id, portal, first_seen, last_seen, superseded_at, is_valid, position,
        unnest(CASE WHEN told IS NULL THEN statements(v) ELSE told END) AS s
    FROM whole
),
final AS (
    SELECT
        * EXCLUDE (s) REPLACE (coalesce(position, generate_subscripts(s.said, 1)) AS position),
        s.field AS field, unnest(s.said) AS value, s.qualifier AS qualifier,
        quoted(s.how.raw, s.most) AS raw, s.how.rule AS rule, round(s.how.confidence, 4) AS confidence
    FROM said
)
FROM final WHERE value IS NOT NULL;
