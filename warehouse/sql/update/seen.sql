-- after: moved
-- What a portal still shows was seen again. Rows of touched listings are replaced afterwards.
UPDATE listings SET last_seen = m.now::TIMESTAMP
FROM moved m
WHERE m.portal = listings.portal AND m.was::TIMESTAMP = listings.last_seen AND m.now <> m.was;

UPDATE claims SET last_seen = m.now::TIMESTAMP
FROM moved m
WHERE m.portal = claims.portal AND m.was::TIMESTAMP = claims.last_seen AND claims.superseded_at IS NULL AND m.now <> m.was;
