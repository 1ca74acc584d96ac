-- How many listings of a release bear one of the marks: the SHA-256 of a record id or of a portal.
SELECT count(*)
FROM listings
WHERE sha256(record_id) IN (SELECT unnest($marks)) OR sha256(portal) IN (SELECT unnest($marks));
