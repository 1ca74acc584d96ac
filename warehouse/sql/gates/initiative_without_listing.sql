-- blocking: Every initiative has a listing that speaks of it.
SELECT initiative_id, title FROM initiatives
WHERE initiative_id NOT IN (SELECT initiative_id FROM listings WHERE initiative_id IS NOT NULL)
ORDER BY ALL;
