-- What refine adds to the typed columns of transforms/columns.toml: one row per version of a listing.
CREATE TEMP TABLE staged_versions (
    content_hash VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    first_seen VARCHAR NOT NULL,
    last_seen VARCHAR NOT NULL,
    seen_until VARCHAR,
    listing_status VARCHAR NOT NULL,
    current BOOLEAN NOT NULL,
    said UBIGINT NOT NULL,
    wording UBIGINT NOT NULL,
    raws VARCHAR,
    rules VARCHAR,
    confidences VARCHAR
);
COMMENT ON COLUMN staged_versions.content_hash IS 'Digest of everything that the portal said.';
COMMENT ON COLUMN staged_versions.run_id IS 'Run in which this version was first seen.';
COMMENT ON COLUMN staged_versions.first_seen IS 'UTC time, ISO 8601.';
COMMENT ON COLUMN staged_versions.last_seen IS 'UTC time, ISO 8601.';
COMMENT ON COLUMN staged_versions.seen_until IS 'UTC time at which it was found changed, gone or retired; empty while it stands.';
COMMENT ON COLUMN staged_versions.listing_status IS 'Status of the listing: active, missing, gone, retired.';
COMMENT ON COLUMN staged_versions.current IS 'True for the newest version of its listing.';
COMMENT ON COLUMN staged_versions.said IS 'All that the row says but last_seen, as one number: an update compares it.';
COMMENT ON COLUMN staged_versions.wording IS 'What the portal wrote in it, as one number.';
COMMENT ON COLUMN staged_versions.raws IS 'What the portal wrote of each field of stated_fields, as provenance says: a list in JSON.';
COMMENT ON COLUMN staged_versions.rules IS 'The rule that read each of these fields, likewise.';
COMMENT ON COLUMN staged_versions.confidences IS 'How surely each of them was read, 0 to 1, likewise.';
