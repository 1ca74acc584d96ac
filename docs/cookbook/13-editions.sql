-- How did strategies succeed one another, and how long was the gap?
SELECT later.country, earlier.title AS earlier, earlier.end_date, later.title AS later, later.start_date,
    date_diff('month', earlier.end_date, later.start_date) AS months_between
FROM relations r
JOIN initiatives later ON later.initiative_id = r.source_id
JOIN initiatives earlier ON earlier.initiative_id = r.target_id
WHERE r.relation = 'successor_of'
ORDER BY later.country, later.start_date;
