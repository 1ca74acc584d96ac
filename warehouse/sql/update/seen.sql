-- after: moved
-- What a portal still shows was seen again. Rows of touched listings are replaced afterwards.
UPDATE listings SET last_seen = m.now_at
FROM moved m
WHERE m.portal = listings.portal AND m.was_at = listings.last_seen AND m.now_at <> m.was_at;

UPDATE claims SET last_seen = m.now_at
FROM moved m
WHERE m.portal = claims.portal AND m.was_at = claims.last_seen AND claims.superseded_at IS NULL AND m.now_at <> m.was_at;
