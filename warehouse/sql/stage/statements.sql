-- after: provenance
-- What a version of a listing states, field by field in the order of their names: the values as text, and how they were read.
-- Of what the portal wrote, only as much is kept as its licence allows: what may have been read out of a description is the portal's prose,
-- and so is anything long.
CREATE TEMP MACRO quoted_length(reuse) AS CASE reuse WHEN 'full' THEN 500 WHEN 'facts-only' THEN 120 ELSE 0 END;
CREATE TEMP MACRO how_read(p, most) AS {
    'raw': CASE WHEN length(p.raw) <= most THEN nullif(p.raw, '') END, 'rule': p.rule, 'confidence': round(p.confidence, 4)
};
CREATE TEMP MACRO states_one(name, said, qualified, p, most) AS {
    'field': name, 'said': CASE WHEN said IS NOT NULL THEN [said::VARCHAR] END, 'qualifier': qualified::VARCHAR, 'how': how_read(p, most)
};
CREATE TEMP MACRO states_several(name, said, p, most) AS {
    'field': name, 'said': said, 'qualifier': NULL::VARCHAR, 'how': how_read(p, most)
};
CREATE TEMP MACRO statements(v) AS [
    states_one('acronym', v.acronym, NULL, v.p.acronym, quoted_length(v.reuse)),
    states_one('budget_amount', v.budget_amount, v.budget_currency, v.p.budget_amount, quoted_length(v.reuse)),
    states_one('budget_eur', v.budget_eur, 'EUR', v.p.budget_eur, quoted_length(v.reuse)),
    states_one('country', v.country, NULL, v.p.country, quoted_length(v.reuse)),
    states_several('deap_priorities', v.deap_priorities, v.p.deap_priorities, quoted_length(nullif(v.reuse, 'facts-only'))),
    states_one('description', v.description, v.language, v.p.description, -1),
    states_several('digcomp_areas', v.digcomp_areas, v.p.digcomp_areas, quoted_length(nullif(v.reuse, 'facts-only'))),
    states_several('education_levels', v.education_levels, v.p.education_levels, quoted_length(nullif(v.reuse, 'facts-only'))),
    states_one('end_date', v.end_date, v.end_precision, v.p.end_date, quoted_length(v.reuse)),
    states_several('eurovoc', v.eurovoc, v.p.eurovoc, quoted_length(nullif(v.reuse, 'facts-only'))),
    states_one('kind', v.kind, NULL, v.p.kind, quoted_length(v.reuse)),
    states_one('level', v.level, NULL, v.p.level, quoted_length(v.reuse)),
    states_one('modified_date', v.modified_date, NULL, v.p.modified_date, quoted_length(v.reuse)),
    states_several('nuts', v.nuts, v.p.nuts, quoted_length(v.reuse)),
    states_one('official_url', v.official_url, NULL, v.p.official_url, quoted_length(v.reuse)),
    states_one('organisation', v.organisation, v.organisation_id, v.p.organisation, quoted_length(v.reuse)),
    states_several('organisations', v.organisations, v.p.organisations, quoted_length(v.reuse)),
    states_one('published_date', v.published_date, NULL, v.p.published_date, quoted_length(v.reuse)),
    states_one('start_date', v.start_date, v.start_precision, v.p.start_date, quoted_length(v.reuse)),
    states_one('status', v.status, NULL, v.p.status, quoted_length(v.reuse)),
    states_several('target_groups', v.target_groups, v.p.target_groups, quoted_length(nullif(v.reuse, 'facts-only'))),
    states_one('title', v.title, v.language, v.p.title, quoted_length(v.reuse)),
    states_several('topics', v.topics, v.p.topics, quoted_length(nullif(v.reuse, 'facts-only')))
];
