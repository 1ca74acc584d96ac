-- One listing, or the listings of an initiative.
SELECT record_id, initiative_id, portal, language, country, title, start_date, end_date, url
FROM listings
WHERE record_id = $id OR initiative_id = $id
ORDER BY record_id
