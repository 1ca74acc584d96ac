-- after: spoken_alone, spoken_together, corrections, split_values
-- Every initiative in every state it has been in: what its listings say, corrected by curators.
CREATE TEMP TABLE states AS
WITH spoken AS (
    FROM spoken_alone
    UNION ALL BY NAME
    FROM spoken_together
),
latest AS (
    SELECT o.state, c.field, max({'position': c.position, 'value': c.value, 'qualifier': c.qualifier}) AS fix
    FROM occasions o
    JOIN corrections c ON c.initiative_id = o.initiative_id AND c.from_run <= o.run
    WHERE c.is_known AND c.value IS NOT NULL
    GROUP BY o.state, c.field
),
fixed AS (
    SELECT
        state,
        map_from_entries(list({'k': field, 'v': fix.value} ORDER BY field)) AS fix,
        map_from_entries(list({'k': field, 'v': fix.qualifier} ORDER BY field)) AS qualifier
    FROM latest
    GROUP BY state
),
-- corrected rows alone pay for what correcting costs
corrected AS (
    SELECT
        s.* REPLACE (
            coalesce(f.fix['title'], s.title) AS title,
            coalesce(f.fix['acronym'], s.acronym) AS acronym,
            coalesce(f.fix['summary'], s.summary) AS summary,
            coalesce(f.fix['kind'], s.kind) AS kind,
            coalesce(f.fix['country'], s.country) AS country,
            coalesce(split_values(f.fix['nuts']), s.nuts) AS nuts,
            coalesce(f.fix['level'], s.level) AS level,
            coalesce(f.fix['start_date']::DATE, s.start_date) AS start_date,
            coalesce(f.qualifier['start_date'], s.start_precision) AS start_precision,
            coalesce(f.fix['end_date']::DATE, s.end_date) AS end_date,
            coalesce(f.qualifier['end_date'], s.end_precision) AS end_precision,
            coalesce(f.fix['status'], s.stated_status) AS stated_status,
            coalesce(f.fix['lead_organisation'], s.lead_organisation) AS lead_organisation,
            CASE WHEN f.fix['lead_organisation'] IS NULL THEN s.lead_organisation_id END AS lead_organisation_id,
            coalesce(f.fix['budget_amount']::DOUBLE, s.budget_amount) AS budget_amount,
            coalesce(f.fix['budget_currency'], s.budget_currency) AS budget_currency,
            -- a corrected amount makes the euro value of the old one void
            coalesce(f.fix['budget_eur']::DOUBLE, CASE WHEN f.fix['budget_amount'] IS NULL THEN s.budget_eur END) AS budget_eur,
            coalesce(f.fix['url'], s.url) AS url,
            coalesce(split_values(f.fix['topics']), s.topics) AS topics,
            coalesce(split_values(f.fix['deap_priorities']), s.deap_priorities) AS deap_priorities,
            coalesce(split_values(f.fix['education_levels']), s.education_levels) AS education_levels,
            coalesce(split_values(f.fix['target_groups']), s.target_groups) AS target_groups,
            coalesce(split_values(f.fix['digcomp_areas']), s.digcomp_areas) AS digcomp_areas,
            coalesce(split_values(f.fix['eurovoc']), s.eurovoc) AS eurovoc
        ),
        coalesce(f.fix['title_en'], s.titles['en']) AS title_en,
        f.fix['status'] IS NOT NULL AS is_status_curated
    FROM spoken s
    JOIN fixed f USING (state)
),
told AS (
    SELECT *, titles['en'] AS title_en, false AS is_status_curated FROM spoken ANTI JOIN fixed USING (state)
    UNION ALL BY NAME
    FROM corrected
),
final AS (
    SELECT
        t.* REPLACE (
            coalesce(t.nuts, []) AS nuts,
            -- a state that is over was not seen later
            least(t.last_seen, later.began_at) AS last_seen,
            -- the leading organisation first
            CASE WHEN t.lead_organisation IS NULL THEN t.organisations
                ELSE [t.lead_organisation] || list_filter(t.organisations, lambda n: n <> t.lead_organisation)
            END AS organisations
        ),
        map_keys(t.titles) AS languages,
        o.initiative_id,
        o.run,
        o.next_run,
        now.run_date,
        now.began_at AS valid_from,
        later.began_at AS valid_to
    FROM told t
    JOIN occasions o USING (state)
    JOIN moments now ON now.run = o.run
    LEFT JOIN moments later ON later.run = o.next_run
)
FROM final;
