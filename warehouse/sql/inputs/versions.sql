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
    how STRUCT(
        title STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        acronym STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        description STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        kind STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        country STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        nuts STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        level STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        start_date STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        end_date STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        status STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        organisation STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        organisations STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        budget_amount STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        budget_eur STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        official_url STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        topics STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        deap_priorities STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        education_levels STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        target_groups STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        digcomp_areas STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        eurovoc STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        published_date STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE),
        modified_date STRUCT(raw VARCHAR, rule VARCHAR, confidence DOUBLE)
    )
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
COMMENT ON COLUMN staged_versions.how IS 'What provenance says of each value: what the portal wrote, the rule that read it, and how surely.';
