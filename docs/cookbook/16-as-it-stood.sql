-- What was planned or active at the start of 2025, and how does it stand today?
SELECT country, title, past.status AS status_then, now.status AS status_now
FROM initiatives_at(DATE '2025-01-31') past
JOIN (SELECT initiative_id, status FROM initiatives) now USING (initiative_id)
WHERE past.status IN ('planned', 'active')
ORDER BY country, title;
