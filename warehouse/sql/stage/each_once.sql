-- Every value of a list once. Of a short list each is compared with each, which takes less time than a table of them. Only for columns: what stands
-- in place of ``items`` is worked out anew for each value.
CREATE TEMP MACRO each_once(items) AS
    CASE WHEN len(items) <= 64 THEN list_filter(items, lambda x, place: list_position(items, x) = place AND x IS NOT NULL) ELSE list_distinct(items) END;
