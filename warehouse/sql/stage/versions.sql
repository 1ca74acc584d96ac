-- after: moments, provenance
-- One row per version of a listing that a release may speak of, with the runs between which it stood.
-- What a portal's licence does not let a release carry is blank from here on.
CREATE TEMP TABLE versions AS
WITH source AS (
    SELECT v.*, c.initiative_id, p.authority, p.reuse AS portal_reuse
    FROM staged_versions v
    LEFT JOIN staged_clusters c USING (record_id)
    LEFT JOIN staged_portals p USING (portal)
),
renamed AS (
    SELECT
        * EXCLUDE (first_seen, last_seen, seen_until, run_id, provenance, issues, extra),
        CASE authority WHEN 'owner' THEN 9 WHEN 'national' THEN 7 WHEN 'supranational' THEN 5 ELSE 1 END AS authority_weight,
        coalesce(source.reuse, portal_reuse, 'facts-only') AS allowed,
        first_seen::TIMESTAMP AS first_at,
        last_seen::TIMESTAMP AS last_at,
        seen_until::TIMESTAMP AS until_at,
        m.run AS from_run,
        source.run_id,
        issues AS issues_json,
        provenance AS provenance_json
    FROM source
    JOIN moments m USING (run_id)
),
ranked AS (
    SELECT
        *,
        lead(from_run) OVER one_listing AS to_run,
        lead(first_at) OVER one_listing AS superseded_at,
        (row_number() OVER (ORDER BY record_id, from_run, first_at, content_hash))::INTEGER AS version_no
    FROM renamed
    WINDOW one_listing AS (PARTITION BY record_id ORDER BY from_run, first_at, content_hash)
),
ended AS (
    SELECT
        r.*,
        CASE WHEN r.listing_status IN ('gone', 'retired') AND r.to_run IS NULL
            THEN coalesce(r.until_at, (SELECT min(m.began_at) FROM moments m WHERE m.began_at > r.last_at), r.last_at)
        END AS ended_at
    FROM ranked r
),
final AS (
    SELECT
        version_no,
        initiative_id,
        record_id,
        portal,
        url,
        authority_weight,
        from_run,
        to_run,
        CASE WHEN ended_at IS NOT NULL
            THEN coalesce((SELECT max(m.run) FROM moments m WHERE m.began_at <= ended_at), from_run)
        END AS ended_run,
        first_at,
        last_at,
        superseded_at,
        ended_at,
        run_id,
        content_hash,
        listing_status,
        allowed AS reuse,
        licence,
        shared_page,
        coalesce(included, false) AS included,
        exclusion_reason,
        title,
        language,
        acronym,
        CASE WHEN allowed = 'full' THEN description END AS description,
        kind,
        country,
        CASE WHEN allowed <> 'link-only' THEN nuts END AS nuts,
        level,
        CASE WHEN allowed <> 'link-only' THEN start_date END AS start_date,
        CASE WHEN allowed <> 'link-only' THEN start_precision END AS start_precision,
        CASE WHEN allowed <> 'link-only' THEN end_date END AS end_date,
        CASE WHEN allowed <> 'link-only' THEN end_precision END AS end_precision,
        CASE WHEN allowed <> 'link-only' THEN status END AS status,
        CASE WHEN allowed <> 'link-only' THEN organisation END AS organisation,
        CASE WHEN allowed <> 'link-only' THEN organisation_id END AS organisation_id,
        CASE WHEN allowed <> 'link-only' THEN organisations END AS organisations,
        CASE WHEN allowed <> 'link-only' AND isfinite(budget_amount) THEN budget_amount END AS budget_amount,
        CASE WHEN allowed <> 'link-only' THEN budget_currency END AS budget_currency,
        CASE WHEN allowed <> 'link-only' AND isfinite(budget_eur) THEN budget_eur END AS budget_eur,
        official_url,
        CASE WHEN allowed <> 'link-only' THEN topics END AS topics,
        CASE WHEN allowed <> 'link-only' THEN deap_priorities END AS deap_priorities,
        CASE WHEN allowed <> 'link-only' THEN education_levels END AS education_levels,
        CASE WHEN allowed <> 'link-only' THEN target_groups END AS target_groups,
        CASE WHEN allowed <> 'link-only' THEN digcomp_areas END AS digcomp_areas,
        CASE WHEN allowed <> 'link-only' THEN eurovoc END AS eurovoc,
        CASE WHEN isfinite(relevance) THEN round(relevance, 4) END AS relevance,
        CASE WHEN allowed <> 'link-only' THEN published_date END AS published_date,
        CASE WHEN allowed <> 'link-only' THEN modified_date END AS modified_date,
        issues_json,
        provenance_json
    FROM ended
)
FROM final;
