-- A list, and a map, as people read them.
CREATE OR REPLACE TEMP MACRO joined_text(items) AS array_to_string(items, '; ');
CREATE OR REPLACE TEMP MACRO paired_text(pairs) AS
    array_to_string(list_transform(map_entries(pairs), lambda e: e.key || ': ' || e.value), '; ');
