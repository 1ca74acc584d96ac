-- What follows from each refined version of a listing, worked out while refine has the rows in memory: what it says, as one number, so that an
-- update need not read them all again (only when its present wording was last seen stands apart); and how each value was read, taken out of
-- its JSON text once, in the shape that `inputs/versions` declares ($how).
SELECT
    hash(*COLUMNS(* EXCLUDE (last_seen))) AS said,
    hash(content_hash, title, description) AS wording,
    from_json(provenance, $how) AS how
FROM rows;
