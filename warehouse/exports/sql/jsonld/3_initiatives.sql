-- of initiatives: the initiatives themselves.
WITH nodes AS (
    SELECT {
        '@id': getvariable('base') || 'id/' || initiative_id,
        '@type': ['Project', 'ea:Initiative'],
        'identifier': initiative_id,
        'name': CASE WHEN len(map_keys(titles)) = 0 THEN [tagged_node(title, title_language)]
            ELSE list_transform(map_entries(titles), lambda t: tagged_node(t.value, t.key)) END,
        'alternateName': clean_text(acronym),
        'description': CASE WHEN summary IS NOT NULL THEN tagged_node(summary, summary_language) END,
        'additionalType': getvariable('base') || 'concept/kinds/' || url_encode(kind),
        'about': nullif(
            list_transform(topics, lambda c: getvariable('base') || 'concept/topics/' || url_encode(c))
            || list_transform(eurovoc, lambda c: 'http://eurovoc.europa.eu/' || url_encode(c)), []),
        'priority': nullif(list_transform(deap_priorities, lambda c: getvariable('base') || 'concept/deap/' || url_encode(c)), []),
        'digcompArea': nullif(list_transform(digcomp_areas, lambda c: getvariable('base') || 'concept/digcomp/' || url_encode(c)), []),
        'educationLevel': nullif(list_transform(education_levels, lambda c: getvariable('base') || 'concept/isced/' || url_encode(c)), []),
        'audience': nullif(list_transform(target_groups, lambda c: getvariable('base') || 'concept/target-groups/' || url_encode(c)), []),
        'spatial': nullif(list_filter(
            [getvariable('countries')[country]] || list_transform(nuts, lambda n: nuts_uri(n)), lambda p: p IS NOT NULL), []),
        'level': getvariable('base') || 'concept/levels/' || url_encode("level"),
        'status': getvariable('base') || 'concept/statuses/' || url_encode(status),
        'startDate': start_date,
        'startPrecision': start_precision,
        'endDate': end_date,
        'endPrecision': end_precision,
        'leadOrganisation': getvariable('base') || 'organisation/' || url_encode(lead_organisation_id),
        'budgetAmount': budget_amount,
        'budgetCurrency': budget_currency,
        'budgetEur': budget_eur,
        'relevance': relevance,
        'url': plain_iri(url),
        'modified': strftime(valid_from, '%Y-%m-%dT%H:%M:%SZ')
    } AS node
    FROM initiatives
    WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
)
SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' AS line FROM nodes;
