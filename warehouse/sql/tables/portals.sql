-- after: listings
CREATE TABLE portals (
    portal VARCHAR NOT NULL PRIMARY KEY,
    title VARCHAR NOT NULL,
    publisher VARCHAR,
    country VARCHAR,
    level VARCHAR,
    nuts VARCHAR[],
    languages VARCHAR[],
    homepage VARCHAR,
    authority VARCHAR,
    licence VARCHAR,
    reuse VARCHAR NOT NULL,
    schedule VARCHAR,
    card_status VARCHAR,
    replaces VARCHAR[],
    is_retired BOOLEAN NOT NULL,
    is_held_back BOOLEAN NOT NULL,
    held_back_reasons VARCHAR[] NOT NULL,
    listing_count INTEGER NOT NULL,
    initiative_count INTEGER NOT NULL
);
COMMENT ON TABLE portals IS 'The portals that are harvested, with what their cards say.';
COMMENT ON COLUMN portals.portal IS 'Id of the portal: country and name.';
COMMENT ON COLUMN portals.title IS 'Name of the portal.';
COMMENT ON COLUMN portals.publisher IS 'Who publishes it; named as the source of what comes from it.';
COMMENT ON COLUMN portals.country IS 'ISO 3166-1 alpha-2, or EU.';
COMMENT ON COLUMN portals.level IS 'supranational, national, regional or local.';
COMMENT ON COLUMN portals.nuts IS 'NUTS 2024 codes of a regional portal.';
COMMENT ON COLUMN portals.languages IS 'Languages it is written in (BCP 47).';
COMMENT ON COLUMN portals.homepage IS 'Its homepage.';
COMMENT ON COLUMN portals.authority IS 'Whose portal it is: owner, national, supranational or third-party; weighs in survivorship.';
COMMENT ON COLUMN portals.licence IS 'Licence of its content: an address, or unknown.';
COMMENT ON COLUMN portals.reuse IS 'What the licence lets a release carry: full, facts-only or link-only.';
COMMENT ON COLUMN portals.schedule IS 'How often it is harvested.';
COMMENT ON COLUMN portals.card_status IS 'drafted, or checked with a date.';
COMMENT ON COLUMN portals.replaces IS 'Portals that it replaces.';
COMMENT ON COLUMN portals.is_retired IS 'True where it is no longer harvested; what it last said stays.';
COMMENT ON COLUMN portals.is_held_back IS 'True where its newest run was not accepted; its listings are those of the last good one.';
COMMENT ON COLUMN portals.held_back_reasons IS 'Why its newest run was not accepted.';
COMMENT ON COLUMN portals.listing_count IS 'Listings known from it, gone ones included.';
COMMENT ON COLUMN portals.initiative_count IS 'Initiatives that those speak of.';

INSERT INTO portals BY NAME
WITH source AS (FROM staged_portals),
counted AS (
    SELECT portal, count(*) AS listing_count, count(DISTINCT initiative_id) AS initiative_count
    FROM listings
    GROUP BY portal
),
newest AS (
    SELECT portal, arg_max({'verdict': verdict, 'reasons': reasons}, (split_part(run_id, '.', 1), try_cast(split_part(run_id, '.', 2) AS INTEGER))) AS run
    FROM staged_runs
    GROUP BY portal
),
final AS (
    SELECT
        s.* EXCLUDE (status, retired),
        s.status AS card_status,
        coalesce(s.retired, false) AS is_retired,
        coalesce(n.run.verdict <> 'ok', false) AS is_held_back,
        CASE WHEN n.run.verdict <> 'ok' THEN coalesce(n.run.reasons, []) ELSE [] END AS held_back_reasons,
        coalesce(c.listing_count, 0) AS listing_count,
        coalesce(c.initiative_count, 0) AS initiative_count
    FROM source s
    LEFT JOIN counted c USING (portal)
    LEFT JOIN newest n USING (portal)
)
FROM final ORDER BY portal;
