-- after: versions, provenance, corrections
CREATE TABLE claims (
    initiative_id VARCHAR NOT NULL,
    record_id VARCHAR NOT NULL,
    portal VARCHAR,
    field VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    qualifier VARCHAR,
    position INTEGER NOT NULL,
    raw VARCHAR,
    rule VARCHAR,
    confidence DOUBLE,
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    superseded_at TIMESTAMP,
    is_valid BOOLEAN NOT NULL
);
COMMENT ON TABLE claims IS 'Every value that a listing states or stated of an initiative, one row per value of a field and stretch of time; the values of initiatives are chosen among these.';
COMMENT ON COLUMN claims.initiative_id IS 'Initiative it is said of.';
COMMENT ON COLUMN claims.record_id IS 'Listing that says it; decision: and a key where a curator says it.';
COMMENT ON COLUMN claims.portal IS 'Portal of that listing; empty for a curator.';
COMMENT ON COLUMN claims.field IS 'Field, as listings names it.';
COMMENT ON COLUMN claims.value IS 'The value as text; one row per value where the field holds several.';
COMMENT ON COLUMN claims.qualifier IS 'Language of a title or description, precision of a date, currency of an amount, key of an organisation.';
COMMENT ON COLUMN claims.position IS 'Place among several values of the field, from 1.';
COMMENT ON COLUMN claims.raw IS 'What the portal wrote, where it is short and its licence allows.';
COMMENT ON COLUMN claims.rule IS 'Rule that read it.';
COMMENT ON COLUMN claims.confidence IS 'How surely it was read, 0 to 1.';
COMMENT ON COLUMN claims.first_seen IS 'When the listing was first seen to say it (UTC).';
COMMENT ON COLUMN claims.last_seen IS 'When the listing was last seen to say it (UTC).';
COMMENT ON COLUMN claims.superseded_at IS 'When the listing was first seen to say otherwise (UTC); empty where it never was.';
COMMENT ON COLUMN claims.is_valid IS 'True while the listing is there and says so.';

INSERT INTO claims BY NAME
WITH source AS (
    SELECT *, parse_provenance(provenance_json) AS p
    FROM versions
    WHERE included AND initiative_id IS NOT NULL
),
said AS (
    SELECT
        initiative_id, record_id, portal, reuse, version_no, first_at, last_at, superseded_at, ended_at, from_run, to_run,
        unnest(
            [
                {'field': 'title', 'value': title, 'qualifier': language, 'position': 1, 'p': p.title},
                CASE WHEN acronym IS NOT NULL THEN {'field': 'acronym', 'value': acronym, 'qualifier': NULL, 'position': 1, 'p': p.acronym} END,
                CASE WHEN description IS NOT NULL THEN {'field': 'description', 'value': description, 'qualifier': language, 'position': 1, 'p': {'raw': NULL, 'rule': p.description.rule, 'confidence': p.description.confidence}} END,
                CASE WHEN kind IS NOT NULL THEN {'field': 'kind', 'value': kind, 'qualifier': NULL, 'position': 1, 'p': p.kind} END,
                CASE WHEN country IS NOT NULL THEN {'field': 'country', 'value': country, 'qualifier': NULL, 'position': 1, 'p': p.country} END,
                CASE WHEN level IS NOT NULL THEN {'field': 'level', 'value': level, 'qualifier': NULL, 'position': 1, 'p': p.level} END,
                CASE WHEN start_date IS NOT NULL THEN {'field': 'start_date', 'value': start_date::VARCHAR, 'qualifier': start_precision, 'position': 1, 'p': p.start_date} END,
                CASE WHEN end_date IS NOT NULL THEN {'field': 'end_date', 'value': end_date::VARCHAR, 'qualifier': end_precision, 'position': 1, 'p': p.end_date} END,
                CASE WHEN status IS NOT NULL THEN {'field': 'status', 'value': status, 'qualifier': NULL, 'position': 1, 'p': p.status} END,
                CASE WHEN organisation IS NOT NULL THEN {'field': 'organisation', 'value': organisation, 'qualifier': organisation_id, 'position': 1, 'p': p.organisation} END,
                CASE WHEN budget_amount IS NOT NULL THEN {'field': 'budget_amount', 'value': budget_amount::VARCHAR, 'qualifier': budget_currency, 'position': 1, 'p': p.budget_amount} END,
                CASE WHEN budget_eur IS NOT NULL THEN {'field': 'budget_eur', 'value': budget_eur::VARCHAR, 'qualifier': 'EUR', 'position': 1, 'p': p.budget_eur} END,
                CASE WHEN official_url IS NOT NULL THEN {'field': 'official_url', 'value': official_url, 'qualifier': NULL, 'position': 1, 'p': p.official_url} END,
                CASE WHEN published_date IS NOT NULL THEN {'field': 'published_date', 'value': published_date::VARCHAR, 'qualifier': NULL, 'position': 1, 'p': p.published_date} END,
                CASE WHEN modified_date IS NOT NULL THEN {'field': 'modified_date', 'value': modified_date::VARCHAR, 'qualifier': NULL, 'position': 1, 'p': p.modified_date} END
            ]
            || list_transform(coalesce(nuts, []), lambda x, i: {'field': 'nuts', 'value': x, 'qualifier': NULL, 'position': i::INTEGER, 'p': p.nuts})
            || list_transform(coalesce(organisations, []), lambda x, i: {'field': 'organisations', 'value': x, 'qualifier': NULL, 'position': i::INTEGER, 'p': p.organisations})
            || list_transform(coalesce(topics, []), lambda x, i: {'field': 'topics', 'value': x, 'qualifier': NULL, 'position': i::INTEGER, 'p': p.topics})
            || list_transform(coalesce(deap_priorities, []), lambda x, i: {'field': 'deap_priorities', 'value': x, 'qualifier': NULL, 'position': i::INTEGER, 'p': p.deap_priorities})
            || list_transform(coalesce(education_levels, []), lambda x, i: {'field': 'education_levels', 'value': x, 'qualifier': NULL, 'position': i::INTEGER, 'p': p.education_levels})
            || list_transform(coalesce(target_groups, []), lambda x, i: {'field': 'target_groups', 'value': x, 'qualifier': NULL, 'position': i::INTEGER, 'p': p.target_groups})
            || list_transform(coalesce(digcomp_areas, []), lambda x, i: {'field': 'digcomp_areas', 'value': x, 'qualifier': NULL, 'position': i::INTEGER, 'p': p.digcomp_areas})
            || list_transform(coalesce(eurovoc, []), lambda x, i: {'field': 'eurovoc', 'value': x, 'qualifier': NULL, 'position': i::INTEGER, 'p': p.eurovoc})
        ) AS claim
    FROM source
),
renamed AS (
    SELECT
        initiative_id, record_id, portal, version_no, first_at, last_at, superseded_at, ended_at, from_run, to_run,
        claim.field AS field,
        claim.value AS value,
        claim.qualifier AS qualifier,
        claim.position AS position,
        -- what may have been read out of a description is the portal's prose, and so is anything long
        CASE WHEN length(claim.p.raw) <= CASE
            WHEN reuse = 'full' THEN 500
            WHEN reuse = 'facts-only' AND claim.field NOT IN (
                'topics', 'deap_priorities', 'education_levels', 'target_groups', 'digcomp_areas', 'eurovoc'
            ) THEN 120
            ELSE 0
        END THEN nullif(claim.p.raw, '') END AS raw,
        claim.p.rule AS rule,
        round(claim.p.confidence, 4) AS confidence
    FROM said
    WHERE claim IS NOT NULL AND claim.value IS NOT NULL
),
once AS (
    SELECT record_id FROM source GROUP BY record_id HAVING count(*) = 1
),
-- a value that stands through several versions is one claim; one that went and came back is two
numbered AS (
    SELECT
        r.*,
        dense_rank() OVER (PARTITION BY record_id ORDER BY version_no)
            - row_number() OVER (PARTITION BY record_id, field, value, qualifier ORDER BY version_no) AS stretch
    FROM renamed r
    ANTI JOIN once USING (record_id)
),
stretches AS (
    SELECT
        initiative_id, record_id, field, value, qualifier,
        any_value(portal) AS portal,
        arg_max(position, version_no) AS position,
        arg_max({'raw': raw, 'rule': rule, 'confidence': confidence}, version_no) AS last,
        min(first_at) AS first_seen,
        max(last_at) AS last_seen,
        arg_max({'superseded_at': superseded_at, 'ended_at': ended_at}, version_no) AS closed
    FROM numbered
    GROUP BY initiative_id, record_id, field, value, qualifier, stretch
),
curated AS (
    SELECT initiative_id, 'decision:' || decision_id AS record_id, field, value, qualifier, decided_at, position
    FROM corrections
    WHERE is_known AND value IS NOT NULL
),
final AS (
    SELECT
        initiative_id, record_id, portal, field, value, qualifier, position, raw, rule, confidence,
        first_at AS first_seen, last_at AS last_seen, superseded_at, superseded_at IS NULL AND ended_at IS NULL AS is_valid
    FROM renamed
    SEMI JOIN once USING (record_id)
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (last, closed), last.raw AS raw, last.rule AS rule, last.confidence AS confidence,
        closed.superseded_at AS superseded_at, closed.superseded_at IS NULL AND closed.ended_at IS NULL AS is_valid
    FROM stretches
    UNION ALL BY NAME
    SELECT
        initiative_id, record_id, NULL AS portal, field, value, qualifier, 1 AS position, NULL AS raw, 'curator' AS rule, 1.0 AS confidence,
        decided_at AS first_seen, greatest(decided_at, (SELECT max(began_at) FROM moments)) AS last_seen,
        lead(decided_at) OVER (PARTITION BY initiative_id, field ORDER BY position) AS superseded_at,
        lead(decided_at) OVER (PARTITION BY initiative_id, field ORDER BY position) IS NULL AS is_valid
    FROM curated
)
FROM final ORDER BY initiative_id, record_id, field, position, first_seen, value;
