-- A list as a set: every value once, in order. Most lists hold one.
CREATE TEMP MACRO as_set(items) AS
    CASE WHEN len(items) = 1 AND items[1] IS NOT NULL THEN items ELSE list_sort(list_distinct(coalesce(items, []))) END;
