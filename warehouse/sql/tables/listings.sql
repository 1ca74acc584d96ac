-- after: versions
-- by: record_id
-- order: initiative_id, record_id
-- How columns are packed is said, as to try every way takes longer. Without a primary key: its index costs more than the table; the gate unique_ids checks the same.
CREATE TABLE listings (
    record_id VARCHAR NOT NULL USING COMPRESSION zstd,
    initiative_id VARCHAR USING COMPRESSION zstd,
    portal VARCHAR USING COMPRESSION dictionary,
    url VARCHAR USING COMPRESSION zstd,
    title VARCHAR NOT NULL USING COMPRESSION zstd,
    language VARCHAR USING COMPRESSION dictionary,
    acronym VARCHAR USING COMPRESSION dictionary,
    description VARCHAR USING COMPRESSION zstd,
    kind VARCHAR USING COMPRESSION dictionary,
    country VARCHAR USING COMPRESSION dictionary,
    nuts VARCHAR[],
    level VARCHAR USING COMPRESSION dictionary,
    start_date DATE,
    start_precision VARCHAR USING COMPRESSION dictionary,
    end_date DATE,
    end_precision VARCHAR USING COMPRESSION dictionary,
    status VARCHAR USING COMPRESSION dictionary,
    organisation VARCHAR USING COMPRESSION zstd,
    organisation_id VARCHAR USING COMPRESSION dictionary,
    organisations VARCHAR[],
    budget_amount DOUBLE,
    budget_currency VARCHAR USING COMPRESSION dictionary,
    budget_eur DOUBLE,
    official_url VARCHAR USING COMPRESSION zstd,
    topics VARCHAR[],
    deap_priorities VARCHAR[],
    education_levels VARCHAR[],
    target_groups VARCHAR[],
    digcomp_areas VARCHAR[],
    eurovoc VARCHAR[],
    relevance DOUBLE,
    is_included BOOLEAN NOT NULL,
    exclusion_reason VARCHAR USING COMPRESSION dictionary,
    published_date DATE,
    modified_date DATE,
    licence VARCHAR USING COMPRESSION dictionary,
    reuse VARCHAR NOT NULL USING COMPRESSION dictionary,
    is_shared_page BOOLEAN,
    issues VARCHAR[] NOT NULL,
    listing_status VARCHAR NOT NULL USING COMPRESSION dictionary,
    version_count INTEGER NOT NULL,
    first_seen TIMESTAMP NOT NULL USING COMPRESSION bitpacking,
    last_seen TIMESTAMP NOT NULL USING COMPRESSION bitpacking,
    ended_at TIMESTAMP,
    run_id VARCHAR NOT NULL USING COMPRESSION dictionary,
    content_hash VARCHAR NOT NULL USING COMPRESSION zstd
);
COMMENT ON TABLE listings IS 'One row per listing on a portal, as it stands now; what its portal''s licence does not allow is left empty.';
COMMENT ON COLUMN listings.record_id IS 'Lasting name of the listing: portal and the platform''s own id, or its address and an item key.';
COMMENT ON COLUMN listings.initiative_id IS 'Initiative it speaks of; empty where it is not included.';
COMMENT ON COLUMN listings.portal IS 'Portal that shows it.';
COMMENT ON COLUMN listings.url IS 'Address of the page that shows it.';
COMMENT ON COLUMN listings.title IS 'Name, cleaned; without a trailing acronym in brackets.';
COMMENT ON COLUMN listings.language IS 'Language of the title (BCP 47).';
COMMENT ON COLUMN listings.acronym IS 'Acronym that the title or text gives.';
COMMENT ON COLUMN listings.description IS 'Describing text without markup; only where reuse is full.';
COMMENT ON COLUMN listings.kind IS 'What it is, as a code.';
COMMENT ON COLUMN listings.country IS 'Country it is about: ISO 3166-1 alpha-2, or EU.';
COMMENT ON COLUMN listings.nuts IS 'NUTS 2024 codes, the shortest that mean the place.';
COMMENT ON COLUMN listings.level IS 'supranational, national, regional or local.';
COMMENT ON COLUMN listings.start_date IS 'First day of the period in which it starts.';
COMMENT ON COLUMN listings.start_precision IS 'day, month, quarter, season, half, year or school_year.';
COMMENT ON COLUMN listings.end_date IS 'Last day of the period in which it ends.';
COMMENT ON COLUMN listings.end_precision IS 'day, month, quarter, season, half, year or school_year.';
COMMENT ON COLUMN listings.status IS 'What the listing itself says: planned, active, completed, suspended.';
COMMENT ON COLUMN listings.organisation IS 'Leading organisation as understood.';
COMMENT ON COLUMN listings.organisation_id IS 'Key of the leading organisation.';
COMMENT ON COLUMN listings.organisations IS 'All organisations that it names, the leading one first.';
COMMENT ON COLUMN listings.budget_amount IS 'Budget in units of budget_currency; of a range, its upper end.';
COMMENT ON COLUMN listings.budget_currency IS 'ISO 4217 code.';
COMMENT ON COLUMN listings.budget_eur IS 'Budget in euro by the dated reference rate.';
COMMENT ON COLUMN listings.official_url IS 'Address of the initiative itself, where the page links it.';
COMMENT ON COLUMN listings.topics IS 'Topic codes.';
COMMENT ON COLUMN listings.deap_priorities IS 'Priorities and actions of the Digital Education Action Plan, as codes.';
COMMENT ON COLUMN listings.education_levels IS 'ISCED 2011 levels, as codes.';
COMMENT ON COLUMN listings.target_groups IS 'For whom, as codes.';
COMMENT ON COLUMN listings.digcomp_areas IS 'DigComp areas, as codes.';
COMMENT ON COLUMN listings.eurovoc IS 'EuroVoc concept numbers.';
COMMENT ON COLUMN listings.relevance IS 'How surely it is about digital education, 0 to 1.';
COMMENT ON COLUMN listings.is_included IS 'True where it counts as digital education; others stay visible here alone.';
COMMENT ON COLUMN listings.exclusion_reason IS 'Why it is not included.';
COMMENT ON COLUMN listings.published_date IS 'Day the portal published it.';
COMMENT ON COLUMN listings.modified_date IS 'Day the portal last changed it.';
COMMENT ON COLUMN listings.licence IS 'Licence of the listing: its own, else the portal''s; unknown where neither is stated.';
COMMENT ON COLUMN listings.reuse IS 'What the licence lets a release carry: full, facts-only or link-only.';
COMMENT ON COLUMN listings.is_shared_page IS 'True where its page shows several listings.';
COMMENT ON COLUMN listings.issues IS 'What could not be read: field and reason.';
COMMENT ON COLUMN listings.listing_status IS 'active, missing (not seen in the last run), gone, or retired with its portal.';
COMMENT ON COLUMN listings.version_count IS 'How many different versions of it were seen.';
COMMENT ON COLUMN listings.first_seen IS 'When it was first seen (UTC).';
COMMENT ON COLUMN listings.last_seen IS 'When it was last seen (UTC).';
COMMENT ON COLUMN listings.ended_at IS 'When it was found gone or retired (UTC).';
COMMENT ON COLUMN listings.run_id IS 'Run in which it was first seen as it is now.';
COMMENT ON COLUMN listings.content_hash IS 'Digest of everything that the portal says in it.';

INSERT INTO listings BY NAME
WITH source AS (FROM versions WHERE to_run IS NULL),
final AS (
    SELECT
        s.* EXCLUDE (
            version_no, authority_weight, may_state, from_run, to_run, ended_run, first_at, last_at, listed_at, superseded_at,
            shared_page, included, issues_json, raws, rules, confidences, initiative_id
        ),
        CASE WHEN s.included THEN s.initiative_id END AS initiative_id,
        -- versions are numbered by initiative and listing, and numbers sort in less time than names
        CASE WHEN s.included AND s.initiative_id IS NOT NULL THEN s.version_no END AS place,
        s.included AS is_included,
        s.shared_page AS is_shared_page,
        coalesce(list_transform(
            from_json(s.issues_json, '[{"field": "VARCHAR", "reason": "VARCHAR"}]'),
            lambda i: concat_ws(': ', i.field, i.reason)
        ), []) AS issues,
        s.listed_at AS first_seen,
        s.last_at AS last_seen
    FROM source s
)
SELECT * EXCLUDE (place) FROM final ORDER BY place, CASE WHEN place IS NULL THEN record_id END;
