-- The newest entries of every feed: overall, per country, per region (NUTS 1) and per topic. An entry is what one run changed in one initiative.
WITH moments AS (
    SELECT
        run_id, min(started_at) AS moment,
        row_number() OVER (ORDER BY left(run_id, 10), try_cast(split_part(run_id, '.', 2) AS INTEGER), run_id) AS run
    FROM runs
    GROUP BY run_id
),
entries AS (
    SELECT
        c.run_id,
        c.initiative_id,
        any_value(m.run) AS run,
        any_value(m.moment) AS moment,
        -- the weightiest change names the entry
        arg_min(c.change, list_position(['merged', 'removed', 'retired', 'added', 'returned', 'changed'], c.change)) AS change,
        first(c.title ORDER BY c.field NULLS FIRST) AS title,
        string_agg(c.words, ' ' ORDER BY c.change, c.field NULLS FIRST) AS words
    FROM changes c
    LEFT JOIN moments m USING (run_id)
    GROUP BY c.run_id, c.initiative_id
),
placed AS (
    SELECT
        e.*, i.title AS title_now, i.title_language, i.url, i.country, i.kind,
        [{'kind': 'all', 'code': ''}]
        || CASE WHEN i.country IS NOT NULL THEN [{'kind': 'country', 'code': i.country}] ELSE [] END
        || list_transform(
            list_distinct(list_transform(list_filter(coalesce(i.nuts, []), lambda n: length(n) >= 3), lambda n: left(n, 3))),
            lambda n: {'kind': 'region', 'code': n})
        || list_transform(coalesce(i.topics, []), lambda t: {'kind': 'topic', 'code': t}) AS feeds
    FROM entries e
    LEFT JOIN initiatives i USING (initiative_id)
),
spread AS (
    SELECT * EXCLUDE (feeds), unnest(feeds) AS feed FROM placed
)
SELECT
    feed.kind, feed.code, run_id, initiative_id, coalesce(moment, try_cast(left(run_id, 10) AS TIMESTAMP)) AS moment, change,
    coalesce(title, title_now, initiative_id) AS title, title_language, words, url, country, spread.kind AS initiative_kind
FROM spread
QUALIFY row_number() OVER (PARTITION BY feed ORDER BY run DESC NULLS LAST, run_id DESC, initiative_id) <= $most
ORDER BY feed.kind, feed.code, run DESC NULLS LAST, run_id DESC, initiative_id;
