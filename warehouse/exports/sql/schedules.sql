-- How often the portals are harvested.
SELECT DISTINCT schedule FROM portals WHERE NOT is_retired AND schedule IS NOT NULL ORDER BY schedule;
