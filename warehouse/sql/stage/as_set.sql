-- A list as a set: every value once, in order.
CREATE TEMP MACRO as_set(items) AS list_sort(list_distinct(coalesce(items, [])));
