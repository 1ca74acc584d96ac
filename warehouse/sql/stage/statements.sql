-- What a version of a listing states, field by field in the order of their names: the values as text, how they were read, and how many letters
-- may be quoted of what the portal wrote. Of that, only as much is kept as its licence allows: what may have been read out of a description is
-- the portal's prose, and so is anything long. A version comes with both limits, as to work them out for every field makes a slow plan.
CREATE TEMP MACRO quoted_length(reuse) AS CASE reuse WHEN 'full' THEN 500 WHEN 'facts-only' THEN 120 ELSE 0 END;
CREATE TEMP MACRO quoted_length_of_text(reuse) AS quoted_length(nullif(reuse, 'facts-only'));
CREATE TEMP MACRO quoted(raw, most) AS CASE WHEN length(raw) <= most THEN nullif(raw, '') END;
CREATE TEMP MACRO states_one(name, said, qualified, how, most) AS {
    'field': name, 'said': CASE WHEN said IS NOT NULL THEN [said::VARCHAR] END, 'qualifier': qualified::VARCHAR, 'how': how, 'most': most
};
CREATE TEMP MACRO states_several(name, said, how, most) AS {
    'field': name, 'said': said, 'qualifier': NULL::VARCHAR, 'how': how, 'most': most
};
CREATE TEMP MACRO statements(v) AS [
    states_one('acronym', v.acronym, NULL, v.p.acronym, v.quotable),
    states_one('budget_amount', v.budget_amount, v.budget_currency, v.p.budget_amount, v.quotable),
    states_one('budget_eur', v.budget_eur, 'EUR', v.p.budget_eur, v.quotable),
    states_one('country', v.country, NULL, v.p.country, v.quotable),
    states_several('deap_priorities', v.deap_priorities, v.p.deap_priorities, v.quotable_text),
    states_one('description', v.description, v.language, v.p.description, -1),
    states_several('digcomp_areas', v.digcomp_areas, v.p.digcomp_areas, v.quotable_text),
    states_several('education_levels', v.education_levels, v.p.education_levels, v.quotable_text),
    states_one('end_date', v.end_date, v.end_precision, v.p.end_date, v.quotable),
    states_several('eurovoc', v.eurovoc, v.p.eurovoc, v.quotable_text),
    states_one('kind', v.kind, NULL, v.p.kind, v.quotable),
    states_one('level', v.level, NULL, v.p.level, v.quotable),
    states_one('modified_date', v.modified_date, NULL, v.p.modified_date, v.quotable),
    states_several('nuts', v.nuts, v.p.nuts, v.quotable),
    states_one('official_url', v.official_url, NULL, v.p.official_url, v.quotable),
    states_one('organisation', v.organisation, v.organisation_id, v.p.organisation, v.quotable),
    states_several('organisations', v.organisations, v.p.organisations, v.quotable),
    states_one('published_date', v.published_date, NULL, v.p.published_date, v.quotable),
    states_one('start_date', v.start_date, v.start_precision, v.p.start_date, v.quotable),
    states_one('status', v.status, NULL, v.p.status, v.quotable),
    states_several('target_groups', v.target_groups, v.p.target_groups, v.quotable_text),
    states_one('title', v.title, v.language, v.p.title, v.quotable),
    states_several('topics', v.topics, v.p.topics, v.quotable_text)
];
