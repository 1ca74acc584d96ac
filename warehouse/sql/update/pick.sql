-- after: touched
-- The stages of the build see the touched listings alone, and of these not what no stage reads.
CREATE TEMP TABLE picked_versions AS
SELECT * EXCLUDE (provenance, extra, url_variants, said, wording) FROM staged_versions SEMI JOIN touched_records USING (record_id);
CREATE OR REPLACE TEMP VIEW staged_versions AS FROM picked_versions;
