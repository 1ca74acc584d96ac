-- The fields that listings state, in the one order that all lists of what they state share; refine takes provenance apart in it.
CREATE TEMP MACRO stated_fields() AS [
    'acronym', 'budget_amount', 'budget_eur', 'country', 'deap_priorities', 'description', 'digcomp_areas', 'education_levels',
    'end_date', 'eurovoc', 'kind', 'level', 'modified_date', 'nuts', 'official_url', 'organisation',
    'organisations', 'published_date', 'start_date', 'status', 'target_groups', 'title', 'topics'
];
