-- after: versions
-- What every version states, one row per value of a field; a view, as only claims reads it.
CREATE TEMP VIEW stated AS
WITH source AS NOT MATERIALIZED (
    SELECT
        *,
        {
            'initiative_id': initiative_id, 'record_id': record_id, 'portal': portal, 'reuse': reuse, 'version_no': version_no,
            'version_count': version_count, 'first_at': first_at, 'last_at': last_at, 'superseded_at': superseded_at, 'ended_at': ended_at
        } AS head
    FROM versions
    WHERE included AND initiative_id IS NOT NULL
),
said AS (
    SELECT head, 'title' AS field, title AS value, language AS qualifier, 1 AS position, p.title AS p FROM source
    UNION ALL SELECT head, 'acronym', acronym, NULL, 1, p.acronym FROM source
    UNION ALL SELECT head, 'description', description, language, 1, {'raw': NULL, 'rule': p.description.rule, 'confidence': p.description.confidence} FROM source
    UNION ALL SELECT head, 'kind', kind, NULL, 1, p.kind FROM source
    UNION ALL SELECT head, 'country', country, NULL, 1, p.country FROM source
    UNION ALL SELECT head, 'nuts', unnest(nuts), NULL, generate_subscripts(nuts, 1), p.nuts FROM source
    UNION ALL SELECT head, 'level', level, NULL, 1, p.level FROM source
    UNION ALL SELECT head, 'start_date', start_date::VARCHAR, start_precision, 1, p.start_date FROM source
    UNION ALL SELECT head, 'end_date', end_date::VARCHAR, end_precision, 1, p.end_date FROM source
    UNION ALL SELECT head, 'status', status, NULL, 1, p.status FROM source
    UNION ALL SELECT head, 'organisation', organisation, organisation_id, 1, p.organisation FROM source
    UNION ALL SELECT head, 'organisations', unnest(organisations), NULL, generate_subscripts(organisations, 1), p.organisations FROM source
    UNION ALL SELECT head, 'budget_amount', budget_amount::VARCHAR, budget_currency, 1, p.budget_amount FROM source
    UNION ALL SELECT head, 'budget_eur', budget_eur::VARCHAR, 'EUR', 1, p.budget_eur FROM source
    UNION ALL SELECT head, 'official_url', official_url, NULL, 1, p.official_url FROM source
    UNION ALL SELECT head, 'topics', unnest(topics), NULL, generate_subscripts(topics, 1), p.topics FROM source
    UNION ALL SELECT head, 'deap_priorities', unnest(deap_priorities), NULL, generate_subscripts(deap_priorities, 1), p.deap_priorities FROM source
    UNION ALL SELECT head, 'education_levels', unnest(education_levels), NULL, generate_subscripts(education_levels, 1), p.education_levels FROM source
    UNION ALL SELECT head, 'target_groups', unnest(target_groups), NULL, generate_subscripts(target_groups, 1), p.target_groups FROM source
    UNION ALL SELECT head, 'digcomp_areas', unnest(digcomp_areas), NULL, generate_subscripts(digcomp_areas, 1), p.digcomp_areas FROM source
    UNION ALL SELECT head, 'eurovoc', unnest(eurovoc), NULL, generate_subscripts(eurovoc, 1), p.eurovoc FROM source
    UNION ALL SELECT head, 'published_date', published_date::VARCHAR, NULL, 1, p.published_date FROM source
    UNION ALL SELECT head, 'modified_date', modified_date::VARCHAR, NULL, 1, p.modified_date FROM source
),
final AS (
    SELECT
        head.initiative_id AS initiative_id,
        head.record_id AS record_id,
        head.portal AS portal,
        head.version_no AS version_no,
        head.version_count AS version_count,
        head.first_at AS first_at,
        head.last_at AS last_at,
        head.superseded_at AS superseded_at,
        head.ended_at AS ended_at,
        field,
        value,
        qualifier,
        position::INTEGER AS position,
        -- what may have been read out of a description is the portal's prose, and so is anything long
        CASE WHEN length(p.raw) <= CASE
            WHEN head.reuse = 'full' THEN 500
            WHEN head.reuse = 'facts-only' AND field NOT IN (
                'topics', 'deap_priorities', 'education_levels', 'target_groups', 'digcomp_areas', 'eurovoc'
            ) THEN 120
            ELSE 0
        END THEN nullif(p.raw, '') END AS raw,
        p.rule AS rule,
        round(p.confidence, 4) AS confidence
    FROM said
    WHERE value IS NOT NULL
)
FROM final;
