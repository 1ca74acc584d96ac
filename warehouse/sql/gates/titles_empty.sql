-- blocking: Every initiative and listing has a title.
SELECT initiative_id AS id, title FROM initiatives WHERE trim(title) = ''
UNION ALL
SELECT record_id, title FROM listings WHERE trim(title) = ''
ORDER BY ALL;
