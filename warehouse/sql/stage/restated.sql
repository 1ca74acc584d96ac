-- after: versions, statements, corrections
-- The claims that are more than one version's word: those of listings with several versions, and those of curators.
CREATE TEMP TABLE restated AS
WITH source AS (
    SELECT
        *,
        parse_provenance(provenance) AS p, quoted_length(reuse) AS quotable, quoted_length_of_text(reuse) AS quotable_text,
        row_number() OVER (PARTITION BY record_id ORDER BY version_no) AS nth
    FROM versions
    WHERE version_count > 1 AND included AND initiative_id IS NOT NULL
),
whole AS (SELECT *, v FROM source v),
said AS (
    SELECT initiative_id, record_id, portal, nth, first_at, last_at, superseded_at, ended_at, unnest(statements(v)) AS s FROM whole
),
stated AS (
    SELECT
        * EXCLUDE (s), s.field AS field, unnest(s.said) AS value, s.qualifier AS qualifier, generate_subscripts(s.said, 1) AS position,
        {'raw': quoted(s.how.raw, s.most), 'rule': s.how.rule, 'confidence': s.how.confidence} AS how
    FROM said
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
        arg_max(position, nth) AS position,
        arg_max(how, nth) AS how,
        min(first_at) AS first_seen,
        max(last_at) AS last_seen,
        arg_max({'superseded_at': superseded_at, 'ended_at': ended_at}, nth) AS closed
    FROM numbered
    GROUP BY initiative_id, record_id, field, value, qualifier, stretch
),
changing AS (
    SELECT
        * EXCLUDE (closed),
        closed.superseded_at AS superseded_at,
        closed.superseded_at IS NULL AND closed.ended_at IS NULL AS is_valid
    FROM stretches
),
decided AS (
    SELECT
        initiative_id, 'decision:' || decision_id AS record_id, field, value, qualifier, 1 AS position,
        {'raw': NULL::VARCHAR, 'rule': 'curator', 'confidence': 1.0::DOUBLE} AS how,
        decided_at AS first_seen,
        greatest(decided_at, (SELECT max(began_at) FROM moments)) AS last_seen,
        lead(decided_at) OVER (PARTITION BY initiative_id, field ORDER BY corrections.position) AS superseded_at,
        superseded_at IS NULL AS is_valid
    FROM corrections
    WHERE is_known AND value IS NOT NULL
),
final AS (
    FROM changing
    UNION ALL BY NAME
    FROM decided
)
FROM final;
