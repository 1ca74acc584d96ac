-- after: elections, members, corrections
-- Every initiative in every state it has been in: the golden values, elected and then corrected by curators.
CREATE TEMP TABLE states AS
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
gathered AS (
    SELECT
        m.state,
        count(*) AS listing_count,
        count(DISTINCT v.portal) AS portal_count,
        bool_or(m.is_listed) AS is_listed,
        min(v.first_at) AS first_seen,
        max(v.last_at) AS last_seen,
        max(v.relevance) AS relevance,
        list_sort(list_distinct(flatten(list(v.organisations) FILTER (v.organisations IS NOT NULL)))) AS organisations,
        list_sort(list_distinct(flatten(list(v.topics) FILTER (v.topics IS NOT NULL)))) AS topics,
        list_sort(list_distinct(flatten(list(v.deap_priorities) FILTER (v.deap_priorities IS NOT NULL)))) AS deap_priorities,
        list_sort(list_distinct(flatten(list(v.education_levels) FILTER (v.education_levels IS NOT NULL)))) AS education_levels,
        list_sort(list_distinct(flatten(list(v.target_groups) FILTER (v.target_groups IS NOT NULL)))) AS target_groups,
        list_sort(list_distinct(flatten(list(v.digcomp_areas) FILTER (v.digcomp_areas IS NOT NULL)))) AS digcomp_areas,
        list_sort(list_distinct(flatten(list(v.eurovoc) FILTER (v.eurovoc IS NOT NULL)))) AS eurovoc
    FROM members m
    JOIN versions v USING (version_no)
    GROUP BY m.state
),
-- an end only beside the same start: what another edition says never completes this one
filled_end AS (
    SELECT e.state, arg_max({'day': v.end_date, 'precision': v.end_precision}, {'w': v.authority_weight, 'n': -v.version_no}) AS fill
    FROM elected e
    JOIN versions p ON p.version_no = e.period_no AND p.end_date IS NULL
    JOIN members m ON m.state = e.state
    JOIN versions v ON v.version_no = m.version_no
        AND v.end_date >= p.start_date AND (v.start_date IS NULL OR year(v.start_date) = year(p.start_date))
    WHERE (SELECT fill FROM survivorship WHERE field_group = 'period')
    GROUP BY e.state
),
filled_start AS (
    SELECT e.state, arg_max({'day': v.start_date, 'precision': v.start_precision}, {'w': v.authority_weight, 'n': -v.version_no}) AS fill
    FROM elected e
    JOIN versions p ON p.version_no = e.period_no AND p.start_date IS NULL
    JOIN members m ON m.state = e.state
    JOIN versions v ON v.version_no = m.version_no
        AND v.start_date <= p.end_date AND (v.end_date IS NULL OR year(v.end_date) = year(p.end_date))
    WHERE (SELECT fill FROM survivorship WHERE field_group = 'period')
    GROUP BY e.state
),
filled_place AS (
    SELECT
        e.state,
        arg_max(v.nuts, {'w': v.authority_weight, 'n': -v.version_no}) FILTER (len(v.nuts) > 0) AS nuts,
        arg_max(v.level, {'w': v.authority_weight, 'n': -v.version_no}) FILTER (v.level IS NOT NULL) AS level
    FROM elected e
    JOIN versions p ON p.version_no = e.place_no AND (p.level IS NULL OR len(coalesce(p.nuts, [])) = 0)
    JOIN members m ON m.state = e.state
    JOIN versions v ON v.version_no = m.version_no AND v.country = p.country AND v.version_no <> p.version_no
        AND (p.level IS NULL OR v.level IS NULL OR v.level = p.level)
    WHERE (SELECT fill FROM survivorship WHERE field_group = 'place')
    GROUP BY e.state
),
fixes AS (
    SELECT o.state, c.field, arg_max({'value': c.value, 'qualifier': c.qualifier}, c.position) AS fix
    FROM occasions o
    JOIN corrections c ON c.initiative_id = o.initiative_id AND c.from_run <= o.run
    WHERE c.is_known AND c.value IS NOT NULL
    GROUP BY o.state, c.field
),
fixed AS (
    SELECT
        state,
        map_from_entries(list({'k': field, 'v': fix.value} ORDER BY field)) AS fix,
        map_from_entries(list({'k': field, 'v': fix.qualifier} ORDER BY field)) AS fix_qualifier
    FROM fixes
    GROUP BY state
),
joined AS (
    SELECT
        o.state,
        o.initiative_id,
        o.run,
        o.next_run,
        coalesce(f.fix['title'], t.title) AS title,
        t.language AS title_language,
        coalesce(f.fix['title_en'], d.titles['en']) AS title_en,
        coalesce(f.fix['acronym'], a.acronym) AS acronym,
        d.titles,
        coalesce(f.fix['summary'], s.description) AS summary,
        s.language AS summary_language,
        coalesce(f.fix['kind'], k.kind) AS kind,
        coalesce(f.fix['country'], p.country) AS country,
        CASE
            WHEN f.fix['nuts'] IS NOT NULL THEN list_transform(string_split(f.fix['nuts'], ';'), lambda x: trim(x))
            WHEN len(p.nuts) > 0 THEN p.nuts
            ELSE coalesce(fp.nuts, [])
        END AS nuts,
        coalesce(f.fix['level'], p.level, fp.level) AS level,
        coalesce(f.fix['start_date']::DATE, y.start_date, fs.fill.day) AS start_date,
        coalesce(f.fix_qualifier['start_date'], y.start_precision, fs.fill.precision) AS start_precision,
        coalesce(f.fix['end_date']::DATE, y.end_date, fe.fill.day) AS end_date,
        coalesce(f.fix_qualifier['end_date'], y.end_precision, fe.fill.precision) AS end_precision,
        coalesce(f.fix['status'], w.status) AS stated_status,
        f.fix['status'] IS NOT NULL AS is_status_curated,
        coalesce(f.fix['lead_organisation'], g.organisation) AS lead_organisation,
        CASE WHEN f.fix['lead_organisation'] IS NULL THEN g.organisation_id END AS lead_organisation_id,
        coalesce(f.fix['budget_amount']::DOUBLE, b.budget_amount) AS budget_amount,
        coalesce(f.fix['budget_currency'], b.budget_currency) AS budget_currency,
        -- a corrected amount makes the euro value of the old one void
        coalesce(f.fix['budget_eur']::DOUBLE, CASE WHEN f.fix['budget_amount'] IS NULL THEN b.budget_eur END) AS budget_eur,
        coalesce(f.fix['url'], u.official_url, t.url) AS url,
        CASE WHEN f.fix['topics'] IS NOT NULL THEN list_transform(string_split(f.fix['topics'], ';'), lambda x: trim(x)) ELSE coalesce(x.topics, []) END AS topics,
        CASE WHEN f.fix['deap_priorities'] IS NOT NULL THEN list_transform(string_split(f.fix['deap_priorities'], ';'), lambda x: trim(x)) ELSE coalesce(x.deap_priorities, []) END AS deap_priorities,
        CASE WHEN f.fix['education_levels'] IS NOT NULL THEN list_transform(string_split(f.fix['education_levels'], ';'), lambda x: trim(x)) ELSE coalesce(x.education_levels, []) END AS education_levels,
        CASE WHEN f.fix['target_groups'] IS NOT NULL THEN list_transform(string_split(f.fix['target_groups'], ';'), lambda x: trim(x)) ELSE coalesce(x.target_groups, []) END AS target_groups,
        CASE WHEN f.fix['digcomp_areas'] IS NOT NULL THEN list_transform(string_split(f.fix['digcomp_areas'], ';'), lambda x: trim(x)) ELSE coalesce(x.digcomp_areas, []) END AS digcomp_areas,
        CASE WHEN f.fix['eurovoc'] IS NOT NULL THEN list_transform(string_split(f.fix['eurovoc'], ';'), lambda x: trim(x)) ELSE coalesce(x.eurovoc, []) END AS eurovoc,
        x.organisations AS all_organisations,
        x.relevance,
        x.portal_count,
        x.listing_count,
        x.is_listed,
        x.first_seen,
        x.last_seen
    FROM occasions o
    JOIN elected e USING (state)
    JOIN gathered x USING (state)
    JOIN titled d USING (state)
    JOIN versions t ON t.version_no = e.title_no
    LEFT JOIN versions a ON a.version_no = e.acronym_no
    LEFT JOIN versions s ON s.version_no = e.summary_no
    LEFT JOIN versions k ON k.version_no = e.kind_no
    LEFT JOIN versions p ON p.version_no = e.place_no
    LEFT JOIN versions y ON y.version_no = e.period_no
    LEFT JOIN versions w ON w.version_no = e.status_no
    LEFT JOIN versions g ON g.version_no = e.organisation_no
    LEFT JOIN versions b ON b.version_no = e.budget_no
    LEFT JOIN versions u ON u.version_no = e.url_no
    LEFT JOIN filled_end fe USING (state)
    LEFT JOIN filled_start fs USING (state)
    LEFT JOIN filled_place fp USING (state)
    LEFT JOIN fixed f USING (state)
),
final AS (
    SELECT
        j.* EXCLUDE (titles, all_organisations),
        j.titles,
        list_filter([j.lead_organisation], lambda n: n IS NOT NULL)
            || list_filter(coalesce(j.all_organisations, []), lambda n: n <> coalesce(j.lead_organisation, '')) AS organisations,
        map_keys(j.titles) AS languages,
        now.began_at AS valid_from,
        later.began_at AS valid_to,
        now.run_date
    FROM joined j
    JOIN moments now ON now.run = j.run
    LEFT JOIN moments later ON later.run = j.next_run
)
FROM final;
