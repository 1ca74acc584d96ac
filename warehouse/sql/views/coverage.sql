-- after: initiatives, portals, strategies
CREATE OR REPLACE VIEW coverage AS
SELECT
    coalesce(i.country, p.country) AS country,
    coalesce(p.portal_count, 0) AS portal_count,
    coalesce(p.regional_portal_count, 0) AS regional_portal_count,
    coalesce(i.initiative_count, 0) AS initiative_count,
    coalesce(i.strategy_count, 0) AS strategy_count,
    coalesce(i.active_count, 0) AS active_count,
    coalesce(i.regional_count, 0) AS regional_count,
    coalesce(i.listing_count, 0) AS listing_count,
    i.first_year,
    i.last_year,
    i.last_seen
FROM (
    SELECT
        country,
        count(*) AS initiative_count,
        count(*) FILTER (initiative_id IN (SELECT initiative_id FROM strategies)) AS strategy_count,
        count(*) FILTER (status = 'active') AS active_count,
        count(*) FILTER (level IN ('regional', 'local')) AS regional_count,
        sum(listing_count)::BIGINT AS listing_count,
        min(year(start_date)) AS first_year,
        max(coalesce(year(end_date), year(start_date))) AS last_year,
        max(last_seen) AS last_seen
    FROM initiatives
    GROUP BY country
) i
FULL JOIN (
    SELECT country, count(*) AS portal_count, count(*) FILTER (level IN ('regional', 'local')) AS regional_portal_count
    FROM portals
    GROUP BY country
) p ON p.country = i.country
ORDER BY country;
COMMENT ON VIEW coverage IS 'What the atlas holds of every country: portals, initiatives, strategies and years.';
COMMENT ON COLUMN coverage.country IS 'ISO 3166-1 alpha-2, or EU; empty where no country is known.';
COMMENT ON COLUMN coverage.portal_count IS 'Portals of that country.';
COMMENT ON COLUMN coverage.regional_portal_count IS 'Of these, regional and local ones.';
COMMENT ON COLUMN coverage.initiative_count IS 'Initiatives about that country.';
COMMENT ON COLUMN coverage.strategy_count IS 'Of these, strategies.';
COMMENT ON COLUMN coverage.active_count IS 'Of these, active ones.';
COMMENT ON COLUMN coverage.regional_count IS 'Of these, regional and local ones.';
COMMENT ON COLUMN coverage.listing_count IS 'Listings that speak of them.';
COMMENT ON COLUMN coverage.first_year IS 'Earliest year in which one starts.';
COMMENT ON COLUMN coverage.last_year IS 'Latest year in which one ends or starts.';
COMMENT ON COLUMN coverage.last_seen IS 'When one was last seen on a portal (UTC).';
