-- after: initiatives, states, fields, occasions, status_on, change_words
-- by: initiative_id
-- order: split_part(run_id, '.', 1), coalesce(try_cast(split_part(run_id, '.', 2) AS INTEGER), 0), run_id, initiative_id, change, field, old_value
CREATE TABLE changes (
    run_id VARCHAR NOT NULL,
    initiative_id VARCHAR NOT NULL,
    title VARCHAR,
    change VARCHAR NOT NULL,
    field VARCHAR,
    old_value VARCHAR,
    new_value VARCHAR,
    words VARCHAR NOT NULL
);
COMMENT ON TABLE changes IS 'What every run changed, field by field and in words; those of several runs together tell what changed between two releases.';
COMMENT ON COLUMN changes.run_id IS 'Run that brought it; of a curator''s decision the first run after it, or the newest.';
COMMENT ON COLUMN changes.initiative_id IS 'Initiative that changed.';
COMMENT ON COLUMN changes.title IS 'Its title then.';
COMMENT ON COLUMN changes.change IS 'added; changed (a field); retired (no portal lists it any more); returned; merged (into another); removed (no longer counted as digital education).';
COMMENT ON COLUMN changes.field IS 'Field that changed, as initiatives names it; budget is amount and currency.';
COMMENT ON COLUMN changes.old_value IS 'Value before, as text.';
COMMENT ON COLUMN changes.new_value IS 'Value after, as text; of a merger, the id that it goes by now.';
COMMENT ON COLUMN changes.words IS 'The change as a sentence.';

INSERT INTO changes
WITH ordered AS (
    SELECT
        state, initiative_id, run, next_run, title, is_listed,
        lag(is_listed) OVER one_initiative AS was_listed,
        lag(state) OVER one_initiative AS previous
    FROM states
    WINDOW one_initiative AS (PARTITION BY initiative_id ORDER BY run)
),
fields_changed AS (
    SELECT o.run, o.initiative_id, o.title, new.field, old.value AS old_value, new.value AS new_value
    FROM ordered o
    JOIN fields new ON new.state = o.state
    JOIN fields old ON old.state = o.previous AND old.field = new.field
    WHERE new.value IS DISTINCT FROM old.value
),
-- days on which the dates alone change the status, and the first run that knows it
turns AS (
    SELECT state, run_date, unnest([start_date, end_date + 1, (start_date + INTERVAL 10 YEAR)::DATE]) AS turn
    FROM states
    WHERE start_date IS NOT NULL OR end_date IS NOT NULL
),
turned AS (
    SELECT DISTINCT t.state, m.run, m.run_date
    FROM turns t
    ASOF JOIN moments m ON m.run_date >= t.turn
    -- what had passed already when the state began changes nothing in it
    WHERE t.turn > t.run_date
),
passed AS (
    SELECT
        t.run, s.initiative_id, s.title, 'status' AS field,
        status_on(s.stated_status, s.is_status_curated, s.start_date, s.end_date, s.is_listed, b.run_date) AS old_value,
        status_on(s.stated_status, s.is_status_curated, s.start_date, s.end_date, s.is_listed, t.run_date) AS new_value
    FROM turned t
    JOIN states s ON s.state = t.state AND t.run > s.run AND (s.next_run IS NULL OR t.run < s.next_run)
    JOIN moments b ON b.run = t.run - 1
    WHERE old_value IS DISTINCT FROM new_value
),
fallen AS (
    SELECT o.run AS run, s.initiative_id, s.title
    FROM ordered s
    JOIN occasions o ON o.initiative_id = s.initiative_id AND o.run = s.next_run
    WHERE NOT EXISTS (SELECT 1 FROM states x WHERE x.state = o.state)
),
told AS (
    SELECT run, initiative_id, title, 'added' AS change, NULL AS field, NULL AS old_value, NULL AS new_value, 'Added.' AS words
    FROM ordered WHERE previous IS NULL
    UNION ALL
    SELECT run, initiative_id, title, 'retired', NULL, NULL, NULL, 'No portal lists it any more.'
    FROM ordered WHERE was_listed AND NOT is_listed
    UNION ALL
    SELECT run, initiative_id, title, 'returned', NULL, NULL, NULL, 'A portal lists it again.'
    FROM ordered WHERE NOT was_listed AND is_listed
    UNION ALL
    SELECT run, initiative_id, title, 'removed', NULL, NULL, NULL, 'No longer counted as digital education.' FROM fallen
    UNION ALL
    SELECT
        run, initiative_id, title, 'changed', field, old_value, new_value,
        change_words(field, old_value, new_value)
    FROM (FROM fields_changed UNION ALL FROM passed) either
    UNION ALL
    SELECT
        coalesce((SELECT min(m.run) FROM moments m WHERE m.began_at >= r."at"::TIMESTAMP), (SELECT max(run) FROM moments)),
        r.old_id, i.title, 'merged', NULL, NULL, r.new_id, concat('Merged into ', r.new_id, ': ', coalesce(r.reason, 'the same initiative'), '.')
    FROM staged_redirects r
    LEFT JOIN initiatives i ON i.initiative_id = r.new_id
),
final AS (
    SELECT m.run_id, t.initiative_id, t.title, t.change, t.field, t.old_value, t.new_value, t.words, t.run
    FROM told t
    JOIN moments m USING (run)
)
SELECT * EXCLUDE (run) FROM final ORDER BY run, initiative_id, change, field, old_value;
