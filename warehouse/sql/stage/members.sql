-- after: occasions
-- The versions of an initiative's listings that stood in each of its states.
CREATE TEMP TABLE members AS
SELECT o.state, v.version_no, v.ended_run IS NULL OR v.ended_run > o.run AS is_listed
FROM occasions o
JOIN versions v
    ON v.initiative_id = o.initiative_id AND v.included
    AND v.from_run <= o.run AND (v.to_run IS NULL OR v.to_run > o.run);
