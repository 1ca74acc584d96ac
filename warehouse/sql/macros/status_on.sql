-- The one rule for what an initiative's status is on a day.
CREATE OR REPLACE MACRO status_on(said, is_curated, starts, ends, listed, a_day) AS
    CASE
        WHEN is_curated THEN said
        WHEN ends < a_day THEN 'completed'
        WHEN starts > a_day THEN 'planned'
        WHEN said IN ('suspended', 'completed') THEN said
        WHEN said = 'planned' AND starts IS NULL THEN 'planned'
        WHEN ends >= a_day THEN 'active'
        WHEN said IN ('active', 'planned') AND listed THEN 'active'
        WHEN starts <= a_day AND starts > a_day - INTERVAL 10 YEAR AND listed THEN 'active'
    END;
COMMENT ON MACRO status_on IS 'Status on a day: a curator''s word; an end that has passed is completed, a start to come planned; else the stated word; an end to come is active; a start without an end counts as active for ten years while a portal lists it; empty where nothing tells.';
