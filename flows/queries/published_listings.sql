-- Every listing that belongs to an initiative.
SELECT * FROM listings WHERE initiative_id IS NOT NULL ORDER BY record_id
