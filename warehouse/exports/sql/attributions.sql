-- The portals as sources of the release.
SELECT portal, title, publisher, homepage, licence, reuse, coalesce(languages, []) AS languages, country, listing_count FROM portals ORDER BY portal;
