-- The newest entries of every feed: overall, per country, per region (NUTS 1) and per topic. An entry is what one run changed in one initiative.
WITH moments AS (
    SELECT
        run_id, min(started_at) AS moment,
        row_number() OVER (ORDER BY left(run_id, 10), try_cast(split_part(run_id, '.', 2) AS INTEGER), run_id) AS run
    FROM runs
    GROUP BY run_id
),
happened AS (
    SELECT DISTINCT run_id, initiative_id FROM changes
),
-- the newest first: from here on a number stands for an entry, as numbers are compared faster than names
placed AS MATERIALIZED (
    SELECT
        h.run_id, h.initiative_id, m.moment, i.country, i.nuts, i.topics,
        row_number() OVER (ORDER BY m.run DESC NULLS LAST, h.run_id DESC, h.initiative_id) AS place
    FROM happened h
    LEFT JOIN moments m USING (run_id)
    LEFT JOIN initiatives i USING (initiative_id)
),
spread AS (
    SELECT 'all' AS feed, '' AS code, place FROM placed
    UNION ALL
    SELECT 'country', country, place FROM placed WHERE country IS NOT NULL
    UNION ALL
    SELECT 'region', unnest(list_distinct(list_transform(list_filter(nuts, lambda n: length(n) >= 3), lambda n: left(n, 3)))), place FROM placed
    UNION ALL
    SELECT 'topic', unnest(topics), place FROM placed
),
newest AS (
    SELECT feed, code, unnest(min(place, $most)) AS place FROM spread GROUP BY feed, code
),
told AS MATERIALIZED (
    SELECT run_id, initiative_id, moment, place FROM placed WHERE place IN (SELECT place FROM newest)
),
-- put into words only where a feed tells it
entries AS (
    SELECT
        t.place,
        -- the weightiest change names the entry
        arg_min(c.change, list_position(['merged', 'removed', 'retired', 'added', 'returned', 'changed'], c.change)) AS change,
        first(c.title ORDER BY c.field NULLS FIRST) AS title,
        string_agg(c.words, ' ' ORDER BY c.change, c.field NULLS FIRST) AS words
    FROM changes c
    JOIN told t USING (run_id, initiative_id)
    GROUP BY t.place
),
final AS (
    SELECT
        t.place, t.run_id, t.initiative_id, coalesce(t.moment, try_cast(left(t.run_id, 10) AS TIMESTAMP)) AS moment, e.change,
        coalesce(e.title, i.title, t.initiative_id) AS title, i.title_language, e.words, i.url, i.country, i.kind AS initiative_kind
    FROM told t
    JOIN entries e USING (place)
    LEFT JOIN initiatives i USING (initiative_id)
)
SELECT n.feed, n.code, f.* EXCLUDE (place)
FROM newest n
JOIN final f USING (place)
ORDER BY n.feed, n.code, place;
