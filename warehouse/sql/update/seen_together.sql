-- after: seen
-- An initiative was last seen when any of its listings was.
UPDATE initiatives SET last_seen = l.last_seen
FROM (SELECT initiative_id, max(last_seen) AS last_seen FROM listings WHERE initiative_id IS NOT NULL GROUP BY initiative_id) l
WHERE l.initiative_id = initiatives.initiative_id AND l.last_seen <> initiatives.last_seen;
