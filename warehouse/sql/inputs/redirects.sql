-- Ids that were merged into others.
CREATE TEMP TABLE staged_redirects (old_id VARCHAR NOT NULL, new_id VARCHAR NOT NULL, "at" VARCHAR NOT NULL, reason VARCHAR);
