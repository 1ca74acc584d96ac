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
placed AS (
    SELECT
        h.run_id, h.initiative_id, m.run, m.moment,
        [{'kind': 'all', 'code': ''}]
        || CASE WHEN i.country IS NOT NULL THEN [{'kind': 'country', 'code': i.country}] ELSE [] END
        || list_transform(
            list_distinct(list_transform(list_filter(coalesce(i.nuts, []), lambda n: length(n) >= 3), lambda n: left(n, 3))),
            lambda n: {'kind': 'region', 'code': n})
        || list_transform(coalesce(i.topics, []), lambda t: {'kind': 'topic', 'code': t}) AS feeds
    FROM happened h
    LEFT JOIN moments m USING (run_id)
    LEFT JOIN initiatives i USING (initiative_id)
),
spread AS (
    SELECT * EXCLUDE (feeds), unnest(feeds) AS feed FROM placed
),
newest AS (
    FROM spread
    QUALIFY row_number() OVER (PARTITION BY feed ORDER BY run DESC NULLS LAST, run_id DESC, initiative_id) <= $most
),
-- put into words only where a feed tells it
entries AS (
    SELECT
        c.run_id,
        c.initiative_id,
        -- the weightiest change names the entry
        arg_min(c.change, list_position(['merged', 'removed', 'retired', 'added', 'returned', 'changed'], c.change)) AS change,
        first(c.title ORDER BY c.field NULLS FIRST) AS title,
        string_agg(c.words, ' ' ORDER BY c.change, c.field NULLS FIRST) AS words
    FROM changes c
    SEMI JOIN newest n USING (run_id, initiative_id)
    GROUP BY c.run_id, c.initiative_id
)
SELECT
    n.feed.kind, n.feed.code, n.run_id, n.initiative_id, coalesce(n.moment, try_cast(left(n.run_id, 10) AS TIMESTAMP)) AS moment, e.change,
    coalesce(e.title, i.title, n.initiative_id) AS title, i.title_language, e.words, i.url, i.country, i.kind AS initiative_kind
FROM newest n
JOIN entries e USING (run_id, initiative_id)
LEFT JOIN initiatives i USING (initiative_id)
ORDER BY n.feed.kind, n.feed.code, n.run DESC NULLS LAST, n.run_id DESC, n.initiative_id;
