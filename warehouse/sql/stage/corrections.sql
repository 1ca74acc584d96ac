-- after: moments, versions
-- Values that curators set, undone ones left out: from which run on they count. A value that cannot be read is told in the quarantine.
CREATE TEMP TABLE corrections AS
WITH standing AS (
    SELECT *, row_number() OVER (ORDER BY "at", id) AS position
    FROM staged_decisions
    WHERE id NOT IN (SELECT undoes FROM staged_decisions WHERE undoes IS NOT NULL)
),
source AS (
    SELECT *, unnest(CASE WHEN initiative IS NULL THEN records ELSE [NULL] END) AS record_id
    FROM standing
    WHERE verdict IN ('correct', 'kind')
),
renamed AS (
    SELECT DISTINCT
        s.id AS decision_id,
        coalesce(r.new_id, s.initiative, c.initiative_id) AS initiative_id,
        CASE s.verdict WHEN 'kind' THEN 'kind' ELSE s.field END AS field,
        trim(s.value) AS said,
        s."at"::TIMESTAMP AS decided_at,
        s.position
    FROM source s
    LEFT JOIN staged_redirects r ON r.old_id = s.initiative
    LEFT JOIN staged_clusters c ON c.record_id = s.record_id
),
read AS (
    SELECT
        * EXCLUDE (said),
        said,
        CASE
            WHEN field = 'start_date' AND regexp_full_match(said, '\d{4}') THEN said || '-01-01'
            WHEN field = 'end_date' AND regexp_full_match(said, '\d{4}') THEN said || '-12-31'
            WHEN field IN ('start_date', 'end_date') THEN strftime(try_cast(said AS DATE), '%Y-%m-%d')
            WHEN field IN ('budget_amount', 'budget_eur') THEN try_cast(said AS DOUBLE)::VARCHAR
            ELSE nullif(said, '')
        END AS value,
        CASE WHEN field IN ('start_date', 'end_date') THEN CASE WHEN length(said) = 4 THEN 'year' ELSE 'day' END END AS qualifier
    FROM renamed
    WHERE initiative_id IS NOT NULL
),
final AS (
    SELECT
        r.*,
        coalesce((SELECT min(m.run) FROM moments m WHERE m.began_at >= r.decided_at), (SELECT max(run) FROM moments)) AS from_run,
        list_contains([
            'title', 'title_en', 'acronym', 'summary', 'kind', 'country', 'nuts', 'level', 'start_date', 'end_date', 'status',
            'lead_organisation', 'budget_amount', 'budget_currency', 'budget_eur', 'url', 'topics', 'deap_priorities',
            'education_levels', 'target_groups', 'digcomp_areas', 'eurovoc'
        ], r.field) AS is_known
    FROM read r
)
FROM final ORDER BY position, initiative_id;
