-- after: survivorship
-- The declared order of criteria as decimal digits of one number: the earlier a criterion stands, the higher its digits.
CREATE TEMP TABLE criteria AS
WITH source AS (
    SELECT field_group, unnest(criteria) AS criterion, generate_subscripts(criteria, 1) AS position
    FROM survivorship
),
widths AS (
    SELECT *, CASE criterion WHEN 'authority' THEN 1 WHEN 'agreement' THEN 2 WHEN 'confidence' THEN 2 WHEN 'recency' THEN 5 ELSE 0 END AS digits
    FROM source
),
placed AS (
    SELECT
        field_group,
        criterion,
        coalesce(sum(digits) OVER (PARTITION BY field_group ORDER BY position DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS below
    FROM widths
),
final AS (
    SELECT
        field_group,
        coalesce(max((10 ** below)::BIGINT) FILTER (criterion = 'authority'), 0) AS authority,
        coalesce(max((10 ** below)::BIGINT) FILTER (criterion = 'agreement'), 0) AS agreement,
        coalesce(max((10 ** below)::BIGINT) FILTER (criterion = 'confidence'), 0) AS confidence,
        coalesce(max((10 ** below)::BIGINT) FILTER (criterion = 'recency'), 0) AS recency
    FROM placed
    GROUP BY field_group
)
FROM final;
