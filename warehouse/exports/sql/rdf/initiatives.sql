-- of initiatives: Every initiative with its names, concepts, places, dates and money; all triples of one stand together.
WITH source AS (
    SELECT *, own_iri('id', initiative_id) AS s FROM initiatives WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
)
SELECT concat_ws(
    ' .' || chr(10),
    s || ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <' || getvariable('base') || 'def/Initiative>',
    s || ' <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Project>',
    s || ' <http://purl.org/dc/terms/identifier> ' || literal_text(initiative_id),
    CASE WHEN len(map_keys(titles)) = 0 THEN s || ' <http://purl.org/dc/terms/title> ' || tagged(title, title_language) END,
    s || ' <http://www.w3.org/2004/02/skos/core#altLabel> ' || literal_text(acronym),
    s || ' <http://purl.org/dc/terms/description> ' || tagged(summary, summary_language),
    s || ' <http://purl.org/dc/terms/type> ' || own_iri('concept/kinds', kind),
    s || ' <http://purl.org/dc/terms/spatial> <' || getvariable('countries')[country] || '>',
    s || ' <' || getvariable('base') || 'def/level> ' || own_iri('concept/levels', "level"),
    s || ' <' || getvariable('base') || 'def/status> ' || own_iri('concept/statuses', status),
    s || ' <https://schema.org/startDate> ' || typed(start_date, 'date'),
    s || ' <' || getvariable('base') || 'def/startPrecision> ' || literal_text(start_precision),
    s || ' <https://schema.org/endDate> ' || typed(end_date, 'date'),
    s || ' <' || getvariable('base') || 'def/endPrecision> ' || literal_text(end_precision),
    s || ' <' || getvariable('base') || 'def/leadOrganisation> ' || own_iri('organisation', lead_organisation_id),
    s || ' <' || getvariable('base') || 'def/budgetAmount> ' || typed(budget_amount, 'double'),
    s || ' <' || getvariable('base') || 'def/budgetCurrency> ' || literal_text(budget_currency),
    s || ' <' || getvariable('base') || 'def/budgetEur> ' || typed(budget_eur, 'double'),
    s || ' <' || getvariable('base') || 'def/relevance> ' || typed(relevance, 'double'),
    s || ' <http://xmlns.com/foaf/0.1/page> ' || as_iri(url),
    s || ' <http://purl.org/dc/terms/modified> ' || typed(strftime(valid_from, '%Y-%m-%dT%H:%M:%SZ'), 'dateTime'),
    all_lines(list_transform(map_entries(titles), lambda t: s || ' <http://purl.org/dc/terms/title> ' || tagged(t.value, t.key))),
    all_lines(list_transform(nuts, lambda n: s || ' <http://purl.org/dc/terms/spatial> <' || nuts_uri(n) || '>')),
    all_lines(list_transform(topics, lambda c: s || ' <http://purl.org/dc/terms/subject> ' || own_iri('concept/topics', c))),
    all_lines(list_transform(eurovoc, lambda c: s || ' <http://purl.org/dc/terms/subject> <http://eurovoc.europa.eu/' || url_encode(c) || '>')),
    all_lines(list_transform(deap_priorities, lambda c: s || ' <' || getvariable('base') || 'def/priority> ' || own_iri('concept/deap', c))),
    all_lines(list_transform(digcomp_areas, lambda c: s || ' <' || getvariable('base') || 'def/digcompArea> ' || own_iri('concept/digcomp', c))),
    all_lines(list_transform(education_levels, lambda c: s || ' <http://purl.org/dc/terms/educationLevel> ' || own_iri('concept/isced', c))),
    all_lines(list_transform(target_groups, lambda c: s || ' <http://purl.org/dc/terms/audience> ' || own_iri('concept/target-groups', c)))
) || ' .' AS line
FROM source;
