-- What each refined version of a listing says, as one number: worked out while refine has the rows in memory, so that an update need not read
-- them all again. Only when its present wording was last seen stands apart.
SELECT hash(*COLUMNS(* EXCLUDE (last_seen))) AS said, hash(content_hash, title, description) AS wording FROM rows;
