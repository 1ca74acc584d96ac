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
    SELECT m.state, m.is_listed, v.*
    FROM members m
    JOIN versions v USING (version_no)
    WHERE NOT m.is_alone
),
gathered AS (
    SELECT
        state,
        count(*) AS listing_count,
        count(DISTINCT portal) AS portal_count,
        bool_or(is_listed) AS is_listed,
        min(first_at) AS first_seen,
        max(last_at) AS last_seen,
        max(relevance) AS relevance,
        as_set(flatten(list(organisations))) AS organisations,
        as_set(flatten(list(topics))) AS topics,
        as_set(flatten(list(deap_priorities))) AS deap_priorities,
        as_set(flatten(list(education_levels))) AS education_levels,
        as_set(flatten(list(target_groups))) AS target_groups,
        as_set(flatten(list(digcomp_areas))) AS digcomp_areas,
        as_set(flatten(list(eurovoc))) AS eurovoc
    FROM contested
    GROUP BY state
),
-- an end only beside the same start: what another edition says never completes this one
filled_period AS (
    SELECT
        e.state,
        min({'rarely': -v.authority_weight, 'no': v.version_no, 'day': v.start_date, 'precision': v.start_precision})
            FILTER (p.start_date IS NULL AND v.start_date <= p.end_date
                AND (v.end_date IS NULL OR year(v.end_date) = year(p.end_date))) AS first_day,
        min({'rarely': -v.authority_weight, 'no': v.version_no, 'day': v.end_date, 'precision': v.end_precision})
            FILTER (p.end_date IS NULL AND v.end_date >= p.start_date
                AND (v.start_date IS NULL OR year(v.start_date) = year(p.start_date))) AS last_day
    FROM elected e
    JOIN versions p ON p.version_no = e.period_no AND (p.start_date IS NULL OR p.end_date IS NULL)
    JOIN contested v ON v.state = e.state
    WHERE (SELECT fill FROM survivorship WHERE field_group = 'period')
    GROUP BY e.state
),
filled_place AS (
    SELECT
        e.state,
        min({'rarely': -v.authority_weight, 'no': v.version_no, 'nuts': v.nuts}) FILTER (len(v.nuts) > 0).nuts AS nuts,
        min({'rarely': -v.authority_weight, 'no': v.version_no, 'level': v.level}) FILTER (v.level IS NOT NULL).level AS level
    FROM elected e
    JOIN versions p ON p.version_no = e.place_no AND (p.level IS NULL OR len(coalesce(p.nuts, [])) = 0)
    JOIN contested v ON v.state = e.state AND v.country = p.country AND (p.level IS NULL OR v.level IS NULL OR v.level = p.level)
    WHERE (SELECT fill FROM survivorship WHERE field_group = 'place')
    GROUP BY e.state
),
final AS (
    SELECT
        e.state,
        t.title,
        t.language AS title_language,
        d.titles,
        a.acronym,
        s.description AS summary,
        s.language AS summary_language,
        k.kind,
        p.country,
        CASE WHEN len(p.nuts) > 0 THEN p.nuts ELSE fp.nuts END AS nuts,
        coalesce(p.level, fp.level) AS level,
        coalesce(y.start_date, fy.first_day.day) AS start_date,
        coalesce(y.start_precision, fy.first_day.precision) AS start_precision,
        coalesce(y.end_date, fy.last_day.day) AS end_date,
        coalesce(y.end_precision, fy.last_day.precision) AS end_precision,
        w.status AS stated_status,
        o.organisation AS lead_organisation,
        o.organisation_id AS lead_organisation_id,
        b.budget_amount,
        b.budget_currency,
        b.budget_eur,
        coalesce(u.official_url, t.url) AS url,
        g.* EXCLUDE (state)
    FROM elected e
    JOIN gathered g USING (state)
    JOIN titled d USING (state)
    JOIN versions t ON t.version_no = e.title_no
    LEFT JOIN versions a ON a.version_no = e.acronym_no
    LEFT JOIN versions s ON s.version_no = e.summary_no
    LEFT JOIN versions k ON k.version_no = e.kind_no
    LEFT JOIN versions p ON p.version_no = e.place_no
    LEFT JOIN versions y ON y.version_no = e.period_no
    LEFT JOIN versions w ON w.version_no = e.status_no
    LEFT JOIN versions o ON o.version_no = e.organisation_no
    LEFT JOIN versions b ON b.version_no = e.budget_no
    LEFT JOIN versions u ON u.version_no = e.url_no
    LEFT JOIN filled_period fy USING (state)
    LEFT JOIN filled_place fp USING (state)
)
FROM final;
