-- after: members, as_set
-- States in which one listing speaks: nothing to elect; a view, as only states reads it.
CREATE TEMP VIEW spoken_alone AS
SELECT
    m.state,
    v.title,
    v.language AS title_language,
    MAP {coalesce(v.language, 'und'): v.title} AS titles,
    v.acronym,
    v.description AS summary,
    CASE WHEN v.description IS NOT NULL THEN v.language END AS summary_language,
    v.kind,
    v.country,
    v.nuts,
    v.level,
    v.start_date,
    v.start_precision,
    v.end_date,
    v.end_precision,
    v.status AS stated_status,
    v.organisation AS lead_organisation,
    v.organisation_id AS lead_organisation_id,
    as_set(v.organisations) AS organisations,
    v.budget_amount,
    v.budget_currency,
    v.budget_eur,
    coalesce(v.official_url, v.url) AS url,
    as_set(v.topics) AS topics,
    as_set(v.deap_priorities) AS deap_priorities,
    as_set(v.education_levels) AS education_levels,
    as_set(v.target_groups) AS target_groups,
    as_set(v.digcomp_areas) AS digcomp_areas,
    as_set(v.eurovoc) AS eurovoc,
    v.relevance,
    1 AS portal_count,
    1 AS listing_count,
    m.is_listed,
    v.first_at AS first_seen,
    v.last_at AS last_seen
FROM members m
JOIN versions v USING (version_no)
WHERE m.is_alone;
