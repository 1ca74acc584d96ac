-- after: touched
-- The stages of the build see the touched listings alone.
CREATE TEMP TABLE picked_versions AS FROM staged_versions SEMI JOIN touched_records USING (record_id);
CREATE OR REPLACE TEMP VIEW staged_versions AS FROM picked_versions;
