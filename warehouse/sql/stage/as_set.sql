-- after: each_once
-- A list, given as a column, as a set: every value once, in order. Most lists hold one.
CREATE TEMP MACRO as_set(items) AS
    CASE WHEN len(items) = 1 AND items[1] IS NOT NULL THEN items ELSE coalesce(list_sort(each_once(items)), []) END;
