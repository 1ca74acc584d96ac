-- Which organisations lead most initiatives?
SELECT name, countries, lead_count, listing_count, names
FROM organisations
ORDER BY lead_count DESC, name
LIMIT 20;
