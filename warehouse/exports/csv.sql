-- What spreadsheets would run as a formula becomes plain text by a leading apostrophe.
CREATE OR REPLACE TEMP MACRO safe_text(said) AS CASE
    -- most begin with a digit or a letter and need no closer look
    WHEN unicode(said) BETWEEN 48 AND 57 OR unicode(said) BETWEEN 65 AND 65280 THEN said
    WHEN regexp_matches(said, '^[=+\-@\t\r\n＝＋－＠]') THEN '''' || said
    ELSE said
END;
-- A time as ISO 8601 writes it.
CREATE OR REPLACE TEMP MACRO iso_time(said) AS strftime(said, '%Y-%m-%dT%H:%M:%SZ');
