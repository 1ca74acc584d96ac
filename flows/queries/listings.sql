-- The listings of an initiative.
SELECT record_id, portal, language, title, url, listing_status, first_seen
FROM listings
WHERE initiative_id = $id
ORDER BY portal, record_id
