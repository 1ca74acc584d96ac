-- after: initiatives
-- like: initiatives
-- by: initiative_id
-- order: initiative_id, valid_from
-- The same columns as initiatives, with the same comments; status is left to initiatives_at, as it depends on the day.
CREATE TABLE history AS SELECT * EXCLUDE (status) FROM initiatives WITH NO DATA;
ALTER TABLE history ADD COLUMN valid_to TIMESTAMP;
COMMENT ON TABLE history IS 'Earlier states of initiatives; initiatives_at(day) reads them together with today''s.';
COMMENT ON COLUMN history.valid_to IS 'Start of the run that changed it (UTC).';

INSERT INTO history BY NAME
WITH source AS (FROM states WHERE valid_to IS NOT NULL),
final AS (
    SELECT * EXCLUDE (state, run, next_run, run_date)
    FROM source
)
FROM final ORDER BY initiative_id, valid_from;
