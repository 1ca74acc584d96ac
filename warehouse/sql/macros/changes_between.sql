-- after: changes, releases, change_words
-- Without WITH: early patch releases of DuckDB 1.4 lose it when they read a macro written by a newer one.
CREATE OR REPLACE MACRO changes_between(older, newer) AS TABLE
    SELECT
        initiative_id, title, change, field, old_value, new_value,
        CASE WHEN change = 'changed' THEN change_words(field, old_value, new_value) ELSE words END AS words
    FROM (
        SELECT
            *,
            -- what came in between was not there before, and what left is not there after: their fields tell nothing
            bool_or(topic = '' AND (first_change = 'added' OR change IN ('removed', 'merged'))) OVER (PARTITION BY initiative_id) AS is_new_or_left
        FROM (
            SELECT
                told.initiative_id, told.topic,
                last(told.title ORDER BY told.place) AS title,
                first(told.change ORDER BY told.place) AS first_change,
                last(told.change ORDER BY told.place) AS change,
                last(told.field ORDER BY told.place) AS field,
                first(told.old_value ORDER BY told.place) AS old_value,
                last(told.new_value ORDER BY told.place) AS new_value,
                last(told.words ORDER BY told.place) AS words
            FROM (
                SELECT
                    c.*, r.place,
                    CASE
                        WHEN c.change = 'changed' THEN c.field
                        WHEN c.change IN ('retired', 'returned') THEN ' '
                        ELSE ''
                    END AS topic
                FROM changes c
                JOIN (
                    SELECT run_id, row_number() OVER (ORDER BY run_date, length(run_id), run_id) AS place FROM releases
                ) r ON r.run_id = c.run_id
                WHERE r.place <= (
                        SELECT max(n.place) FROM (
                            SELECT version, run_id, row_number() OVER (ORDER BY run_date, length(run_id), run_id) AS place FROM releases
                        ) n WHERE newer IN (n.version, n.run_id)
                    )
                    AND (older IS NULL OR r.place > (
                        SELECT max(o.place) FROM (
                            SELECT version, run_id, row_number() OVER (ORDER BY run_date, length(run_id), run_id) AS place FROM releases
                        ) o WHERE older IN (o.version, o.run_id)
                    ))
            ) told
            GROUP BY told.initiative_id, told.topic
        ) gathered
    ) net
    WHERE CASE
        WHEN topic IN ('', ' ') THEN first_change = change
        ELSE NOT is_new_or_left AND old_value IS DISTINCT FROM new_value
    END
    ORDER BY initiative_id, change, field;
COMMENT ON MACRO TABLE changes_between IS 'What changed from one release to a later one, net, in rows and in words: FROM changes_between(''2025-01-10.1'', ''2025-03-01.1''). Versions or run ids as in releases; NULL as the first stands for the beginning. What was changed and changed back is left out; what was added in between is told as added alone.';
