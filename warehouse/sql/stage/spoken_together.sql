-- after: elections, as_set
-- States in which several listings speak: the elected values, and what all of them say together.
CREATE TEMP TABLE spoken_together AS
WITH elected AS (
    SELECT
        state,
        max(version_no) FILTER (field_group = 'title') AS title_no,
        max(version_no) FILTER (field_group = 'acronym') AS acronym_no,
        max(version_no) FILTER (field_group = 'summary') AS summary_no,
        max(version_no) FILTER (field_group = 'kind') AS kind_no,
        max(version_no) FILTER (field_group = 'place') AS place_no,
        max(version_no) FILTER (field_group = 'period') AS period_no,
        max(version_no) FILTER (field_group = 'status') AS status_no,
        max(version_no) FILTER (field_group = 'organisation') AS organisation_no,
        max(version_no) FILTER (field_group = 'budget') AS budget_no,
        max(version_no) FILTER (field_group = 'url') AS url_no
    FROM elections
    WHERE field_group <> 'titles'
    GROUP BY state
),
titled AS (
    SELECT e.state, map_from_entries(list({'k': e.part, 'v': v.title} ORDER BY e.part)) AS titles
    FROM elections e
    JOIN versions v USING (version_no)
    WHERE e.field_group = 'titles'
    GROUP BY e.state
),
contested AS (
    SELECT m.state, m.is_listed, v.* EXCLUDE (raws, rules, confidences)
    FROM members m
    JOIN versions v USING (version_no)
    WHERE NOT m.is_alone
),
-- one pass over all that is said: the elected values, and what the listings say together
chosen AS (
    SELECT
        state,
        any_value(v.title) FILTER (v.version_no = e.title_no) AS title,
        any_value(v.language) FILTER (v.version_no = e.title_no) AS title_language,
        any_value(v.acronym) FILTER (v.version_no = e.acronym_no) AS acronym,
        any_value(v.description) FILTER (v.version_no = e.summary_no) AS summary,
        any_value(v.language) FILTER (v.version_no = e.summary_no) AS summary_language,
        any_value(v.kind) FILTER (v.version_no = e.kind_no) AS kind,
        any_value(v.country) FILTER (v.version_no = e.place_no) AS country,
        any_value(v.nuts) FILTER (v.version_no = e.place_no) AS nuts,
        any_value(v.level) FILTER (v.version_no = e.place_no) AS level,
        any_value(v.start_date) FILTER (v.version_no = e.period_no) AS start_date,
        any_value(v.start_precision) FILTER (v.version_no = e.period_no) AS start_precision,
        any_value(v.end_date) FILTER (v.version_no = e.period_no) AS end_date,
        any_value(v.end_precision) FILTER (v.version_no = e.period_no) AS end_precision,
        any_value(v.status) FILTER (v.version_no = e.status_no) AS stated_status,
        any_value(v.organisation) FILTER (v.version_no = e.organisation_no) AS lead_organisation,
        any_value(v.organisation_id) FILTER (v.version_no = e.organisation_no) AS lead_organisation_id,
        any_value(v.budget_amount) FILTER (v.version_no = e.budget_no) AS budget_amount,
        any_value(v.budget_currency) FILTER (v.version_no = e.budget_no) AS budget_currency,
        any_value(v.budget_eur) FILTER (v.version_no = e.budget_no) AS budget_eur,
        coalesce(
            any_value(v.official_url) FILTER (v.version_no = e.url_no),
            any_value(v.url) FILTER (v.version_no = e.title_no)
        ) AS url,
        count(*) AS listing_count,
        count(DISTINCT v.portal) AS portal_count,
        bool_or(v.is_listed) AS is_listed,
        min(v.first_at) AS first_seen,
        max(v.last_at) AS last_seen,
        max(v.relevance) AS relevance,
        flatten(list(v.organisations)) AS organisations,
        flatten(list(v.topics)) AS topics,
        flatten(list(v.deap_priorities)) AS deap_priorities,
        flatten(list(v.education_levels)) AS education_levels,
        flatten(list(v.target_groups)) AS target_groups,
        flatten(list(v.digcomp_areas)) AS digcomp_areas,
        flatten(list(v.eurovoc)) AS eurovoc
    FROM contested v
    JOIN elected e USING (state)
    GROUP BY state
),
-- an end only beside the same start: what another edition says never completes this one
filled_period AS (
    SELECT
        c.state,
        min({'rarely': -v.authority_weight, 'no': v.version_no, 'day': v.start_date, 'precision': v.start_precision})
            FILTER (c.start_date IS NULL AND v.start_date <= c.end_date
                AND (v.end_date IS NULL OR year(v.end_date) = year(c.end_date))) AS first_day,
        min({'rarely': -v.authority_weight, 'no': v.version_no, 'day': v.end_date, 'precision': v.end_precision})
            FILTER (c.end_date IS NULL AND v.end_date >= c.start_date
                AND (v.start_date IS NULL OR year(v.start_date) = year(c.start_date))) AS last_day
    FROM chosen c
    JOIN contested v USING (state)
    WHERE (c.start_date IS NULL) <> (c.end_date IS NULL) AND (SELECT fill FROM survivorship WHERE field_group = 'period')
    GROUP BY c.state
),
filled_place AS (
    SELECT
        c.state,
        min({'rarely': -v.authority_weight, 'no': v.version_no, 'nuts': v.nuts}) FILTER (len(v.nuts) > 0).nuts AS nuts,
        min({'rarely': -v.authority_weight, 'no': v.version_no, 'level': v.level}) FILTER (v.level IS NOT NULL).level AS level
    FROM chosen c
    JOIN contested v ON v.state = c.state AND v.country = c.country AND (c.level IS NULL OR v.level IS NULL OR v.level = c.level)
    WHERE (c.level IS NULL OR len(coalesce(c.nuts, [])) = 0) AND (SELECT fill FROM survivorship WHERE field_group = 'place')
    GROUP BY c.state
),
final AS (
    SELECT
        c.* REPLACE (
            as_set(c.organisations) AS organisations,
            as_set(c.topics) AS topics,
            as_set(c.deap_priorities) AS deap_priorities,
            as_set(c.education_levels) AS education_levels,
            as_set(c.target_groups) AS target_groups,
            as_set(c.digcomp_areas) AS digcomp_areas,
            as_set(c.eurovoc) AS eurovoc,
            CASE WHEN len(c.nuts) > 0 THEN c.nuts ELSE p.nuts END AS nuts,
            coalesce(c.level, p.level) AS level,
            coalesce(c.start_date, y.first_day.day) AS start_date,
            coalesce(c.start_precision, y.first_day.precision) AS start_precision,
            coalesce(c.end_date, y.last_day.day) AS end_date,
            coalesce(c.end_precision, y.last_day.precision) AS end_precision
        ),
        t.titles
    FROM chosen c
    JOIN titled t USING (state)
    LEFT JOIN filled_period y USING (state)
    LEFT JOIN filled_place p USING (state)
)
FROM final;
