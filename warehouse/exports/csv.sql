-- What spreadsheets would run as a formula becomes plain text by a leading apostrophe.
CREATE OR REPLACE TEMP MACRO safe_text(said) AS CASE
    -- most begin with a digit or a letter and need no closer look
    WHEN unicode(said) BETWEEN 48 AND 57 OR unicode(said) BETWEEN 65 AND 65280 THEN said
    WHEN regexp_matches(said, '^[=+\-@\t\r\n＝＋－＠]') THEN '''' || said
    ELSE said
END;
-- A list as people read it.
CREATE OR REPLACE TEMP MACRO joined_text(items) AS array_to_string(items, '; ');
-- A map as people read it.
CREATE OR REPLACE TEMP MACRO paired_text(pairs) AS
    array_to_string(list_transform(map_entries(pairs), lambda e: e.key || ': ' || e.value), '; ');
-- A time as ISO 8601 writes it.
CREATE OR REPLACE TEMP MACRO iso_time(said) AS strftime(said, '%Y-%m-%dT%H:%M:%SZ');
