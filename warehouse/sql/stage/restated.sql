-- after: versions, statements, stated_fields, corrections
-- The claims that are more than one version's word: those of listings with several versions, and those of curators. Their place is the order by
-- initiative and listing as one number, which sorts in less time than names: twice that of the listing's first version.
CREATE TEMP TABLE restated AS
WITH source AS (
    SELECT
        * REPLACE (min(place) OVER one_after_another AS place),
        row_number() OVER one_after_another AS nth
    FROM statements
    WHERE version_count > 1
    WINDOW one_after_another AS (PARTITION BY record_id ORDER BY version_no)
),
opened AS (
    SELECT
        initiative_id, record_id, portal, nth, place, first_at, last_at, superseded_at, ended_at,
        unnest(stated_fields()) AS field, unnest(said) AS said, unnest(qualifiers) AS qualifier,
        unnest(texts_in(raws)) AS raw, unnest(texts_in(rules)) AS rule,
        unnest(confidences) AS confidence, unnest(quotable(fact, prose)) AS most
    FROM source
),
stated AS (
    SELECT
        * EXCLUDE (said, most) REPLACE (quoted(raw, most) AS raw),
        unnest(said) AS value, generate_subscripts(said, 1) AS position
    FROM opened
),
-- a value that stands through several versions is one claim; one that went and came back is two
numbered AS (
    SELECT
        *,
        nth - row_number() OVER (PARTITION BY record_id, field, value, qualifier ORDER BY nth) AS stretch
    FROM stated
    WHERE value IS NOT NULL
),
stretches AS (
    SELECT
        initiative_id, record_id, field, value, qualifier,
        any_value(portal) AS portal,
        any_value(place) AS place,
        arg_max(position, nth) AS position,
        arg_max_null(raw, nth) AS raw,
        arg_max_null(rule, nth) AS rule,
        arg_max_null(confidence, nth) AS confidence,
        min(first_at) AS first_seen,
        max(last_at) AS last_seen,
        arg_max_null(superseded_at, nth) AS superseded_at,
        arg_max_null(ended_at, nth) AS ended_at
    FROM numbered
    GROUP BY initiative_id, record_id, field, value, qualifier, stretch
),
changing AS (
    SELECT
        * EXCLUDE (ended_at),
        superseded_at IS NULL AND ended_at IS NULL AS is_valid
    FROM stretches
),
decided AS (
    SELECT
        initiative_id, 'decision:' || decision_id AS record_id, field, value, qualifier, 1 AS position,
        NULL::VARCHAR AS raw, 'curator' AS rule, 1.0::DOUBLE AS confidence,
        decided_at AS first_seen,
        greatest(decided_at, (SELECT max(began_at) FROM moments)) AS last_seen,
        lead(decided_at) OVER (PARTITION BY initiative_id, field ORDER BY corrections.position) AS superseded_at,
        superseded_at IS NULL AS is_valid
    FROM corrections
    WHERE is_known AND value IS NOT NULL
),
-- behind the listings whose names come before theirs
placed AS (
    SELECT d.*, 2 * coalesce(v.version_no, 0) + 1 AS place
    FROM decided d
    ASOF LEFT JOIN versions v ON v.initiative_id || chr(0) || v.record_id < d.initiative_id || chr(0) || d.record_id
),
final AS (
    FROM changing
    UNION ALL BY NAME
    FROM placed
)
FROM final;
