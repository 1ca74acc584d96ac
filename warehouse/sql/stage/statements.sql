-- after: versions, stated_fields
-- What each version of a listing states of an initiative: in lists of one order, that of stated_fields, the values as text and what qualifies
-- them, and how surely they were read; in the same order, but in JSON, which costs less while rows are sorted, what the portal wrote and by
-- which rules it was read; and how many letters may be quoted of a fact and of prose. Of that, only as much is kept as its licence allows: what may have been read out of a description
-- is the portal's prose, and so is anything long. Lists side by side cost half of what a list of structures does. Its place is its number, doubled.
CREATE TEMP MACRO quoted_length(reuse) AS CASE reuse WHEN 'full' THEN 500 WHEN 'facts-only' THEN 120 ELSE 0 END;
CREATE TEMP MACRO quoted(raw, most) AS CASE WHEN length(raw) <= most THEN nullif(raw, '') END;
CREATE TEMP MACRO quotable(fact, prose) AS [
    fact, fact, fact, fact, prose, -1, prose, prose,
    fact, prose, fact, fact, fact, fact, fact, fact,
    fact, fact, fact, fact, prose, fact, prose
];
CREATE TEMP MACRO texts_in(list) AS from_json(list, '["VARCHAR"]');
CREATE TEMP MACRO stated_once(said) AS CASE WHEN said IS NOT NULL THEN [said::VARCHAR] END;

CREATE TEMP VIEW statements AS
WITH source AS (
    SELECT *, 2 * version_no AS place, quoted_length(reuse) AS fact, quoted_length(nullif(reuse, 'facts-only')) AS prose
    FROM versions
    WHERE included AND initiative_id IS NOT NULL
),
final AS (
    SELECT
        place, version_no, version_count, initiative_id, record_id, portal, first_at, last_at, superseded_at, ended_at,
        [
            stated_once(acronym), stated_once(budget_amount), stated_once(budget_eur), stated_once(country),
            deap_priorities, stated_once(description), digcomp_areas, education_levels,
            stated_once(end_date), eurovoc, stated_once(kind), stated_once(level),
            stated_once(modified_date), nuts, stated_once(official_url), stated_once(organisation),
            organisations, stated_once(published_date), stated_once(start_date), stated_once(status),
            target_groups, stated_once(title), topics
        ] AS said,
        [
            NULL, budget_currency, 'EUR', NULL, NULL, language, NULL, NULL,
            end_precision, NULL, NULL, NULL, NULL, NULL, NULL, organisation_id,
            NULL, NULL, start_precision, NULL, NULL, language, NULL
        ] AS qualifiers,
        raws, rules, confidences, fact, prose
    FROM source
)
FROM final;
