-- fixed: the policy is part of the program
-- The declared policy, as published with the values it chose.
CREATE TABLE survivorship (
    field_group VARCHAR NOT NULL PRIMARY KEY,
    fields VARCHAR[] NOT NULL,
    take VARCHAR NOT NULL,
    criteria VARCHAR[] NOT NULL,
    fill BOOLEAN NOT NULL
);
COMMENT ON TABLE survivorship IS 'The policy by which the values of an initiative are chosen among the claims of its listings.';
COMMENT ON COLUMN survivorship.field_group IS 'Group of fields that come from one listing together.';
COMMENT ON COLUMN survivorship.fields IS 'Fields of the group, as named in claims.';
COMMENT ON COLUMN survivorship.take IS 'best: the winning listing; each: one winner for each language; all: every listing together.';
COMMENT ON COLUMN survivorship.criteria IS 'Criteria by weight: curator, authority, agreement, confidence, recency.';
COMMENT ON COLUMN survivorship.fill IS 'True where a compatible listing may fill what the winner leaves empty.';

INSERT INTO survivorship
WITH source AS (FROM staged_survivorship),
final AS (SELECT field_group, fields, take, criteria, fill FROM source)
FROM final ORDER BY field_group;
