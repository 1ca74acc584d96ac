-- Which initiatives are listed in several languages or on several portals, and under which names?
SELECT country, titles, portal_count, listing_count
FROM initiatives
WHERE len(languages) > 1 OR portal_count > 1
ORDER BY portal_count DESC, listing_count DESC, country
LIMIT 50;
