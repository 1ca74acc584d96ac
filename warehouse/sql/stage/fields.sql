-- after: states, status_on
-- The values of every state as text, field by field: what a change is told in. Only initiatives that have more than one state.
CREATE TEMP TABLE fields AS
WITH source AS (
    SELECT s.*
    FROM states s
    WHERE s.initiative_id IN (SELECT initiative_id FROM occasions GROUP BY initiative_id HAVING count(*) > 1)
),
told AS (
    SELECT
        state, initiative_id, run,
        unnest([
            {'field': 'title', 'value': title},
            {'field': 'title_en', 'value': title_en},
            {'field': 'acronym', 'value': acronym},
            {'field': 'summary', 'value': summary},
            {'field': 'kind', 'value': kind},
            {'field': 'country', 'value': country},
            {'field': 'nuts', 'value': array_to_string(list_sort(nuts), '; ')},
            {'field': 'level', 'value': level},
            {'field': 'start_date', 'value': start_date::VARCHAR},
            {'field': 'end_date', 'value': end_date::VARCHAR},
            {'field': 'status', 'value': status_on(stated_status, is_status_curated, start_date, end_date, is_listed, run_date)},
            {'field': 'lead_organisation', 'value': lead_organisation},
            {'field': 'budget', 'value': CASE WHEN budget_amount IS NOT NULL THEN concat_ws(' ', budget_amount::DECIMAL(18, 2)::VARCHAR, budget_currency) END},
            {'field': 'url', 'value': url},
            {'field': 'topics', 'value': array_to_string(topics, '; ')},
            {'field': 'deap_priorities', 'value': array_to_string(deap_priorities, '; ')},
            {'field': 'education_levels', 'value': array_to_string(education_levels, '; ')},
            {'field': 'target_groups', 'value': array_to_string(target_groups, '; ')},
            {'field': 'listing_count', 'value': listing_count::VARCHAR}
        ]) AS said
    FROM source
),
final AS (
    SELECT state, initiative_id, run, said.field AS field, nullif(said.value, '') AS value
    FROM told
)
FROM final;
