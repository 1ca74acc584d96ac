-- after: occasions
-- The versions of an initiative's listings that stood in each of its states; most stand alone.
CREATE TEMP TABLE members AS
WITH standing AS (
    SELECT o.state, v.version_no, v.ended_run IS NULL OR v.ended_run > o.run AS is_listed
    FROM occasions o
    JOIN versions v
        ON v.initiative_id = o.initiative_id AND v.included
        AND v.from_run <= o.run AND (v.to_run IS NULL OR v.to_run > o.run)
),
contested AS (
    SELECT state FROM standing GROUP BY state HAVING count(*) > 1
),
final AS (
    SELECT s.*, c.state IS NULL AS is_alone
    FROM standing s
    LEFT JOIN contested c USING (state)
)
FROM final;
