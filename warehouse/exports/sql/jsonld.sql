-- The document, line by line: its head, a node a line, and its tail. Nodes of one thing may stand in several places and mean one.
WITH initiative_nodes AS (
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
),
organisation_nodes AS (
    SELECT {
        '@id': getvariable('base') || 'organisation/' || url_encode(organisation_id),
        '@type': 'Organization',
        'name': clean_text(name),
        'alternateName': nullif(list_transform(list_filter(names, lambda n: n <> name), lambda n: clean_text(n)), [])
    } AS node
    FROM organisations
),
portal_nodes AS (
    SELECT {
        '@id': getvariable('base') || 'portal/' || url_encode(portal),
        '@type': 'WebSite',
        'identifier': portal,
        'name': tagged_node(title, languages[1]),
        'creditText': clean_text(publisher),
        'url': plain_iri(homepage),
        'license': plain_iri(licence),
        'inLanguage': nullif(languages, []),
        'spatial': getvariable('countries')[country]
    } AS node
    FROM portals
),
pages AS (
    SELECT DISTINCT initiative_id, plain_iri(url) AS page, portal FROM listings WHERE initiative_id IS NOT NULL AND plain_iri(url) IS NOT NULL
),
page_nodes AS (
    SELECT {
        '@id': page,
        '@type': 'WebPage',
        'isPartOf': getvariable('base') || 'portal/' || url_encode(portal),
        'basisOf': getvariable('base') || 'id/' || initiative_id
    } AS node
    FROM pages ORDER BY initiative_id, page, portal
),
relation_nodes AS (
    SELECT {
        '@id': getvariable('base') || 'id/' || source_id,
        'replaces': CASE WHEN relation = 'successor_of' THEN getvariable('base') || 'id/' || target_id END,
        'partOf': CASE WHEN relation = 'part_of' THEN getvariable('base') || 'id/' || target_id END,
        'implements': CASE WHEN relation = 'implements' THEN getvariable('base') || 'id/' || target_id END
    } AS node
    FROM relations
),
redirect_nodes AS (
    SELECT {'@id': getvariable('base') || 'id/' || old_id, 'isReplacedBy': getvariable('base') || 'id/' || new_id} AS node FROM redirects
)
SELECT getvariable('head') AS line
UNION ALL SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' FROM portal_nodes
UNION ALL SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' FROM organisation_nodes
UNION ALL SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' FROM initiative_nodes
UNION ALL SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' FROM relation_nodes
UNION ALL SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' FROM redirect_nodes
UNION ALL SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' FROM page_nodes
UNION ALL SELECT getvariable('tail');
