-- after: stated_fields
-- What follows from each refined version of a listing, worked out while refine has the rows in memory: what it says, as one number, so that an
-- update need not read them all again (only when its present wording was last seen stands apart); and how each value was read, taken out of
-- its JSON text once, and put in texts of lists in one order: from Parquet, lists of a row that is not wanted cost as much as of one that is.
SELECT
    hash(*COLUMNS(* EXCLUDE (last_seen))) AS said,
    hash(content_hash, title, description) AS wording,
    to_json(json_extract_string(provenance, ['$.' || field || '.raw' FOR field IN stated_fields()]))::VARCHAR AS raws,
    to_json(json_extract_string(provenance, ['$.' || field || '.rule' FOR field IN stated_fields()]))::VARCHAR AS rules,
    to_json(try_cast(json_extract_string(provenance, ['$.' || field || '.confidence' FOR field IN stated_fields()]) AS DOUBLE[]))::VARCHAR AS confidences
FROM rows;
