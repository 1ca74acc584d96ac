-- after: initiatives, listings
CREATE TABLE organisations (
    organisation_id VARCHAR NOT NULL PRIMARY KEY,
    name VARCHAR NOT NULL,
    names VARCHAR[] NOT NULL,
    countries VARCHAR[] NOT NULL,
    lead_count INTEGER NOT NULL,
    listing_count INTEGER NOT NULL
);
COMMENT ON TABLE organisations IS 'Organisations that lead or own initiatives, as the listings name them.';
COMMENT ON COLUMN organisations.organisation_id IS 'Key: one for all names and languages of the organisation where a lookup says so.';
COMMENT ON COLUMN organisations.name IS 'The name that most listings use.';
COMMENT ON COLUMN organisations.names IS 'All names in use.';
COMMENT ON COLUMN organisations.countries IS 'Countries of the initiatives that it leads.';
COMMENT ON COLUMN organisations.lead_count IS 'Initiatives that it leads.';
COMMENT ON COLUMN organisations.listing_count IS 'Listings that name it as the leading organisation.';

INSERT INTO organisations BY NAME
WITH source AS (
    SELECT organisation_id, organisation, record_id
    FROM listings
    WHERE initiative_id IS NOT NULL AND organisation_id IS NOT NULL AND organisation IS NOT NULL
),
named AS (SELECT organisation_id, organisation, count(*) AS times FROM source GROUP BY ALL),
gathered AS (
    SELECT
        organisation_id,
        -- the most used name; of several, the first in the alphabet
        min({'rarely': -times, 'name': organisation}).name AS name,
        list_sort(list(organisation)) AS names,
        sum(times)::INTEGER AS listing_count
    FROM named
    GROUP BY organisation_id
),
led AS (
    SELECT lead_organisation_id AS organisation_id, count(*) AS lead_count, list_sort(list(DISTINCT country) FILTER (country IS NOT NULL)) AS countries
    FROM initiatives
    WHERE lead_organisation_id IS NOT NULL
    GROUP BY lead_organisation_id
),
final AS (
    SELECT g.*, coalesce(l.lead_count, 0) AS lead_count, coalesce(l.countries, []) AS countries
    FROM gathered g
    LEFT JOIN led l USING (organisation_id)
)
FROM final ORDER BY organisation_id;
