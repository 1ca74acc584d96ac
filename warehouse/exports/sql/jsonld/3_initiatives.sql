-- The initiatives themselves.
WITH source AS (FROM initiatives),
lists AS (
    SELECT
        *,
        array_to_string(list_transform(map_entries(titles), lambda t: tagged_node(t.value, t.key)), ',') AS names,
        nullif(concat_ws(',',
            addresses(getvariable('base') || 'concept/topics/', encoded(topics)),
            addresses('http://eurovoc.europa.eu/', encoded(eurovoc))), '') AS about,
        nullif(concat_ws(',',
            '"' || getvariable('countries')[country] || '"',
            nullif(array_to_string(list_transform(nuts, lambda n: '"' || nuts_uri(n) || '"'), ','), '')), '') AS places
    FROM source
)
SELECT concat(
    '{"@id":', literal_text(getvariable('base') || 'id/' || initiative_id), ',"@type":["Project","ea:Initiative"],"identifier":', literal_text(initiative_id),
    ',"name":[', CASE WHEN names <> '' THEN names ELSE tagged_node(title, title_language) END, ']',
    ',"alternateName":' || literal_text(acronym),
    ',"description":' || tagged_node(summary, summary_language),
    ',"additionalType":' || addresses(getvariable('base') || 'concept/kinds/', url_encode(kind)),
    ',"about":[' || about || ']',
    ',"priority":[' || addresses(getvariable('base') || 'concept/deap/', encoded(deap_priorities)) || ']',
    ',"digcompArea":[' || addresses(getvariable('base') || 'concept/digcomp/', encoded(digcomp_areas)) || ']',
    ',"educationLevel":[' || addresses(getvariable('base') || 'concept/isced/', encoded(education_levels)) || ']',
    ',"audience":[' || addresses(getvariable('base') || 'concept/target-groups/', encoded(target_groups)) || ']',
    ',"spatial":[' || places || ']',
    ',"level":' || addresses(getvariable('base') || 'concept/levels/', url_encode("level")),
    ',"status":' || addresses(getvariable('base') || 'concept/statuses/', url_encode(status)),
    ',"startDate":"' || start_date || '"',
    ',"startPrecision":' || literal_text(start_precision),
    ',"endDate":"' || end_date || '"',
    ',"endPrecision":' || literal_text(end_precision),
    ',"leadOrganisation":' || addresses(getvariable('base') || 'organisation/', url_encode(lead_organisation_id)),
    ',"budgetAmount":' || to_json(budget_amount)::VARCHAR,
    ',"budgetCurrency":' || literal_text(budget_currency),
    ',"budgetEur":' || to_json(budget_eur)::VARCHAR,
    ',"relevance":' || to_json(relevance)::VARCHAR,
    ',"url":"' || plain_iri(url) || '"',
    ',"modified":"', strftime(valid_from, '%Y-%m-%dT%H:%M:%SZ'), '"},', chr(10)
) AS line
FROM lists;
