-- after: listings, initiatives
CREATE TABLE quality (
    scope VARCHAR NOT NULL,
    portal VARCHAR,
    measure VARCHAR NOT NULL,
    field VARCHAR,
    counted BIGINT NOT NULL,
    total BIGINT NOT NULL,
    share DOUBLE
);
COMMENT ON TABLE quality IS 'How complete and how readable the data are, per portal and overall.';
COMMENT ON COLUMN quality.scope IS 'listings of one portal, or initiatives overall.';
COMMENT ON COLUMN quality.portal IS 'Portal; empty for initiatives.';
COMMENT ON COLUMN quality.measure IS 'filled: how many fill the field; unread: how many state it in a way that could not be read; excluded: how many do not count as digital education.';
COMMENT ON COLUMN quality.field IS 'Field, where the measure is about one.';
COMMENT ON COLUMN quality.counted IS 'How many.';
COMMENT ON COLUMN quality.total IS 'Of how many.';
COMMENT ON COLUMN quality.share IS 'counted divided by total.';

INSERT INTO quality
WITH listing_counts AS (
    SELECT
        portal,
        count(*) AS total,
        [
            {'field': 'description', 'n': count(description)},
            {'field': 'kind', 'n': count(kind)},
            {'field': 'country', 'n': count(country)},
            {'field': 'nuts', 'n': count(*) FILTER (len(nuts) > 0)},
            {'field': 'level', 'n': count(level)},
            {'field': 'start_date', 'n': count(start_date)},
            {'field': 'end_date', 'n': count(end_date)},
            {'field': 'status', 'n': count(status)},
            {'field': 'organisation', 'n': count(organisation)},
            {'field': 'budget_amount', 'n': count(budget_amount)},
            {'field': 'official_url', 'n': count(official_url)},
            {'field': 'topics', 'n': count(*) FILTER (len(topics) > 0)},
            {'field': 'education_levels', 'n': count(*) FILTER (len(education_levels) > 0)},
            {'field': 'target_groups', 'n': count(*) FILTER (len(target_groups) > 0)}
        ] AS filled,
        count(*) FILTER (NOT is_included) AS excluded
    FROM listings
    GROUP BY portal
),
initiative_counts AS (
    SELECT
        count(*) AS total,
        [
            {'field': 'title_en', 'n': count(title_en)},
            {'field': 'summary', 'n': count(summary)},
            {'field': 'kind', 'n': count(kind)},
            {'field': 'country', 'n': count(country)},
            {'field': 'nuts', 'n': count(*) FILTER (len(nuts) > 0)},
            {'field': 'start_date', 'n': count(start_date)},
            {'field': 'end_date', 'n': count(end_date)},
            {'field': 'status', 'n': count(status)},
            {'field': 'lead_organisation', 'n': count(lead_organisation)},
            {'field': 'budget_eur', 'n': count(budget_eur)},
            {'field': 'topics', 'n': count(*) FILTER (len(topics) > 0)},
            {'field': 'deap_priorities', 'n': count(*) FILTER (len(deap_priorities) > 0)},
            {'field': 'education_levels', 'n': count(*) FILTER (len(education_levels) > 0)},
            {'field': 'target_groups', 'n': count(*) FILTER (len(target_groups) > 0)}
        ] AS filled
    FROM initiatives
),
issues AS (
    SELECT portal, split_part(unnest(issues), ': ', 1) AS field, record_id FROM listings
),
unread AS (
    SELECT portal, field, count(DISTINCT record_id) AS n FROM issues GROUP BY portal, field
),
told AS (
    SELECT 'listings' AS scope, portal, 'filled' AS measure, unnest(filled) AS f, total FROM listing_counts
    UNION ALL
    SELECT 'initiatives', NULL, 'filled', unnest(filled), total FROM initiative_counts
    UNION ALL
    SELECT 'listings', portal, 'excluded', {'field': NULL, 'n': excluded}, total FROM listing_counts
    UNION ALL
    SELECT 'listings', u.portal, 'unread', {'field': u.field, 'n': u.n}, l.total
    FROM unread u JOIN listing_counts l ON l.portal IS NOT DISTINCT FROM u.portal
),
final AS (
    SELECT scope, portal, measure, f.field AS field, f.n AS counted, total, round(f.n / nullif(total, 0), 4) AS share
    FROM told
)
FROM final ORDER BY scope, portal, measure, field;
