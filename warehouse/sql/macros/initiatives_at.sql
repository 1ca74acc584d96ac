-- after: initiatives, history, status_on
-- Without WITH: early patch releases of DuckDB 1.4 lose it when they read a macro written by a newer one.
CREATE OR REPLACE MACRO initiatives_at(a_day) AS TABLE
    SELECT * REPLACE (status_on(stated_status, is_status_curated, start_date, end_date, is_listed, a_day) AS status)
    FROM (
        SELECT *, NULL::TIMESTAMP AS valid_to FROM initiatives
        UNION ALL BY NAME
        SELECT *, NULL::VARCHAR AS status FROM history
    ) states
    WHERE valid_from < CAST(a_day AS DATE) + INTERVAL 1 DAY
      AND (valid_to IS NULL OR valid_to >= CAST(a_day AS DATE) + INTERVAL 1 DAY);
COMMENT ON MACRO TABLE initiatives_at IS 'Initiatives as they stood at the end of a day, with the status of that day: FROM initiatives_at(DATE ''2025-06-30''). Which listings belong together is always as known today.';
