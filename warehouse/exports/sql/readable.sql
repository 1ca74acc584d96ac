-- A list, and a map, as people read them.
CREATE OR REPLACE TEMP MACRO joined_text(items) AS array_to_string(items, '; ');
CREATE OR REPLACE TEMP MACRO paired_text(pairs) AS
    array_to_string(list_transform(map_entries(pairs), lambda e: e.key || ': ' || e.value), '; ');
-- A time as ISO 8601 writes it.
CREATE OR REPLACE TEMP MACRO iso_time(said) AS strftime(said, '%Y-%m-%dT%H:%M:%SZ');
