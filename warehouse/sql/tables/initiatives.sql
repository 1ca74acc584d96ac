-- after: states, status_on
-- by: initiative_id
-- order: initiative_id
-- How columns are packed is said, as to try every way takes longer. Without a primary key: its index costs more than the table; the gate unique_ids checks the same.
CREATE TABLE initiatives (
    initiative_id VARCHAR NOT NULL USING COMPRESSION zstd,
    kind VARCHAR USING COMPRESSION dictionary,
    title VARCHAR NOT NULL USING COMPRESSION zstd,
    title_language VARCHAR USING COMPRESSION dictionary,
    title_en VARCHAR USING COMPRESSION zstd,
    titles MAP(VARCHAR, VARCHAR) NOT NULL,
    acronym VARCHAR USING COMPRESSION dictionary,
    summary VARCHAR USING COMPRESSION zstd,
    summary_language VARCHAR USING COMPRESSION dictionary,
    languages VARCHAR[] NOT NULL,
    country VARCHAR USING COMPRESSION dictionary,
    nuts VARCHAR[] NOT NULL,
    level VARCHAR USING COMPRESSION dictionary,
    start_date DATE,
    start_precision VARCHAR USING COMPRESSION dictionary,
    end_date DATE,
    end_precision VARCHAR USING COMPRESSION dictionary,
    status VARCHAR USING COMPRESSION dictionary,
    stated_status VARCHAR USING COMPRESSION dictionary,
    is_status_curated BOOLEAN NOT NULL,
    lead_organisation VARCHAR USING COMPRESSION zstd,
    lead_organisation_id VARCHAR USING COMPRESSION dictionary,
    organisations VARCHAR[] NOT NULL,
    budget_amount DOUBLE,
    budget_currency VARCHAR USING COMPRESSION dictionary,
    budget_eur DOUBLE,
    url VARCHAR USING COMPRESSION zstd,
    topics VARCHAR[] NOT NULL,
    deap_priorities VARCHAR[] NOT NULL,
    education_levels VARCHAR[] NOT NULL,
    target_groups VARCHAR[] NOT NULL,
    digcomp_areas VARCHAR[] NOT NULL,
    eurovoc VARCHAR[] NOT NULL,
    relevance DOUBLE,
    portal_count INTEGER NOT NULL,
    listing_count INTEGER NOT NULL,
    is_listed BOOLEAN NOT NULL,
    first_seen TIMESTAMP NOT NULL USING COMPRESSION bitpacking,
    last_seen TIMESTAMP NOT NULL USING COMPRESSION bitpacking,
    valid_from TIMESTAMP NOT NULL USING COMPRESSION bitpacking
);
COMMENT ON TABLE initiatives IS 'One row per initiative or strategy, with the best-supported value of every field; claims shows what each listing says.';
COMMENT ON COLUMN initiatives.initiative_id IS 'Lasting opaque id; ids that were merged stand in redirects.';
COMMENT ON COLUMN initiatives.kind IS 'What it is: strategy, action-plan, programme, project and others; empty where nothing tells.';
COMMENT ON COLUMN initiatives.title IS 'Name, as the most authoritative listing writes it.';
COMMENT ON COLUMN initiatives.title_language IS 'Language of title (BCP 47).';
COMMENT ON COLUMN initiatives.title_en IS 'English name where a listing gives one; never a machine translation.';
COMMENT ON COLUMN initiatives.titles IS 'Name in every language in which a listing gives one: language -> name; und where the language is unknown.';
COMMENT ON COLUMN initiatives.acronym IS 'Acronym, such as PNSD.';
COMMENT ON COLUMN initiatives.summary IS 'Description from a portal whose licence allows it to be republished; empty otherwise.';
COMMENT ON COLUMN initiatives.summary_language IS 'Language of summary (BCP 47).';
COMMENT ON COLUMN initiatives.languages IS 'Languages in which it is listed (BCP 47).';
COMMENT ON COLUMN initiatives.country IS 'Country it is about: ISO 3166-1 alpha-2 (Greece is GR), or EU.';
COMMENT ON COLUMN initiatives.nuts IS 'Regions it is about: NUTS 2024 codes (Greece begins with EL), the shortest that mean the place.';
COMMENT ON COLUMN initiatives.level IS 'supranational, national, regional or local.';
COMMENT ON COLUMN initiatives.start_date IS 'First day of the period in which it starts; see start_precision.';
COMMENT ON COLUMN initiatives.start_precision IS 'How exact start_date is: day, month, quarter, season, half, year or school_year.';
COMMENT ON COLUMN initiatives.end_date IS 'Last day of the period in which it ends; see end_precision.';
COMMENT ON COLUMN initiatives.end_precision IS 'How exact end_date is: day, month, quarter, season, half, year or school_year.';
COMMENT ON COLUMN initiatives.status IS 'planned, active, completed or suspended on the day of the newest run; empty where nothing tells.';
COMMENT ON COLUMN initiatives.stated_status IS 'The status that a listing or a curator states, whatever the dates say.';
COMMENT ON COLUMN initiatives.is_status_curated IS 'True where a curator set the status, which then outweighs the dates.';
COMMENT ON COLUMN initiatives.lead_organisation IS 'Organisation that leads or owns it.';
COMMENT ON COLUMN initiatives.lead_organisation_id IS 'Its key in organisations.';
COMMENT ON COLUMN initiatives.organisations IS 'All organisations that its listings name, the leading one first.';
COMMENT ON COLUMN initiatives.budget_amount IS 'Budget in units of budget_currency; of a range, its upper end.';
COMMENT ON COLUMN initiatives.budget_currency IS 'ISO 4217 code.';
COMMENT ON COLUMN initiatives.budget_eur IS 'Budget in euro, by the reference rate of its start.';
COMMENT ON COLUMN initiatives.url IS 'Address of the initiative itself, else of the listing that gave the title.';
COMMENT ON COLUMN initiatives.topics IS 'Topic codes.';
COMMENT ON COLUMN initiatives.deap_priorities IS 'Priorities and actions of the Digital Education Action Plan that it serves, as codes.';
COMMENT ON COLUMN initiatives.education_levels IS 'ISCED 2011 levels, as codes.';
COMMENT ON COLUMN initiatives.target_groups IS 'For whom, as codes.';
COMMENT ON COLUMN initiatives.digcomp_areas IS 'DigComp areas, as codes.';
COMMENT ON COLUMN initiatives.eurovoc IS 'EuroVoc concept numbers, only where certain.';
COMMENT ON COLUMN initiatives.relevance IS 'How surely it is about digital education, 0 to 1.';
COMMENT ON COLUMN initiatives.portal_count IS 'Portals that list it or have listed it.';
COMMENT ON COLUMN initiatives.listing_count IS 'Listings that speak of it.';
COMMENT ON COLUMN initiatives.is_listed IS 'True while at least one portal still lists it.';
COMMENT ON COLUMN initiatives.first_seen IS 'When a portal was first seen to list it (UTC).';
COMMENT ON COLUMN initiatives.last_seen IS 'When a portal was last seen to list it (UTC).';
COMMENT ON COLUMN initiatives.valid_from IS 'Start of the run since which the row stands as it does (UTC).';

INSERT INTO initiatives BY NAME
WITH source AS (FROM states WHERE valid_to IS NULL),
today AS (SELECT max(run_date) AS day FROM moments),
renamed AS (
    SELECT
        s.*,
        status_on(s.stated_status, s.is_status_curated, s.start_date, s.end_date, s.is_listed, t.day) AS status
    FROM source s, today t
),
final AS (
    SELECT * EXCLUDE (run, next_run, valid_to, run_date)
    FROM renamed
)
-- states are numbered by initiative
SELECT * EXCLUDE (state) FROM final ORDER BY state;
