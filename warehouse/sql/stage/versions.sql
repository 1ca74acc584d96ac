-- after: moments
-- One row per version of a listing that a release may speak of, with the runs between which it stood, numbered by initiative, listing and time.
-- What a portal's licence does not let a release carry is blank from here on.
CREATE TEMP TABLE versions AS
WITH listed AS (
    SELECT
        v.record_id,
        v.run_id,
        v.content_hash,
        c.initiative_id,
        m.run AS from_run,
        v.first_seen::TIMESTAMP AS first_at,
        v.last_seen::TIMESTAMP AS last_at,
        v.seen_until::TIMESTAMP AS until_at,
        v.listing_status
    FROM staged_versions v
    JOIN moments m USING (run_id)
    LEFT JOIN staged_clusters c USING (record_id)
),
-- one sort numbers them and finds each one's successor, which stands right after it
numbered AS (
    SELECT
        *,
        (row_number() OVER one_after_another)::INTEGER AS version_no,
        lead({'record_id': record_id, 'run': from_run, 'at': first_at}) OVER one_after_another AS next
    FROM listed
    WINDOW one_after_another AS (ORDER BY initiative_id NULLS LAST, record_id, from_run, first_at, content_hash)
),
counted AS (
    SELECT record_id, count(*)::INTEGER AS version_count, min(first_at) AS listed_at FROM listed GROUP BY record_id
),
ordered AS (
    SELECT
        n.* EXCLUDE (next),
        CASE WHEN n.next.record_id = n.record_id THEN n.next.run END AS to_run,
        CASE WHEN n.next.record_id = n.record_id THEN n.next."at" END AS superseded_at,
        c.version_count,
        c.listed_at
    FROM numbered n
    JOIN counted c USING (record_id)
),
ended AS (
    SELECT
        *,
        CASE
            -- gone, though it may have come back since
            WHEN until_at IS NOT NULL AND (superseded_at IS NULL OR until_at < superseded_at) THEN until_at
            WHEN to_run IS NULL AND listing_status IN ('gone', 'retired')
                THEN coalesce((SELECT min(m.began_at) FROM moments m WHERE m.began_at > last_at), last_at)
        END AS ended_at
    FROM ordered
),
timed AS (
    SELECT
        *,
        CASE WHEN ended_at IS NOT NULL
            THEN coalesce((SELECT max(m.run) FROM moments m WHERE m.began_at <= ended_at), from_run)
        END AS ended_run
    FROM ended
),
carded AS (
    SELECT
        portal, reuse,
        -- the digit by which whose portal it is weighs in an election
        CASE authority WHEN 'owner' THEN 9 WHEN 'national' THEN 7 WHEN 'supranational' THEN 5 ELSE 1 END AS authority_weight
    FROM staged_portals
),
final AS (
    SELECT
        t.* EXCLUDE (until_at),
        v.portal,
        v.url,
        coalesce(c.authority_weight, 1) AS authority_weight,
        coalesce(v.reuse, c.reuse, 'facts-only') AS reuse,
        coalesce(v.reuse, c.reuse, 'facts-only') <> 'link-only' AS may_state,
        v.licence,
        v.shared_page,
        coalesce(v.included, false) AS included,
        v.exclusion_reason,
        v.title,
        v.language,
        v.acronym,
        CASE WHEN coalesce(v.reuse, c.reuse, 'facts-only') = 'full' THEN v.description END AS description,
        v.kind,
        v.country,
        CASE WHEN may_state THEN v.nuts END AS nuts,
        v.level,
        CASE WHEN may_state THEN v.start_date END AS start_date,
        CASE WHEN may_state THEN v.start_precision END AS start_precision,
        CASE WHEN may_state THEN v.end_date END AS end_date,
        CASE WHEN may_state THEN v.end_precision END AS end_precision,
        CASE WHEN may_state THEN v.status END AS status,
        CASE WHEN may_state THEN v.organisation END AS organisation,
        CASE WHEN may_state THEN v.organisation_id END AS organisation_id,
        CASE WHEN may_state THEN v.organisations END AS organisations,
        CASE WHEN may_state AND isfinite(v.budget_amount) THEN v.budget_amount END AS budget_amount,
        CASE WHEN may_state THEN v.budget_currency END AS budget_currency,
        CASE WHEN may_state AND isfinite(v.budget_eur) THEN v.budget_eur END AS budget_eur,
        v.official_url,
        CASE WHEN may_state THEN v.topics END AS topics,
        CASE WHEN may_state THEN v.deap_priorities END AS deap_priorities,
        CASE WHEN may_state THEN v.education_levels END AS education_levels,
        CASE WHEN may_state THEN v.target_groups END AS target_groups,
        CASE WHEN may_state THEN v.digcomp_areas END AS digcomp_areas,
        CASE WHEN may_state THEN v.eurovoc END AS eurovoc,
        CASE WHEN isfinite(v.relevance) THEN round(v.relevance, 4) END AS relevance,
        CASE WHEN may_state THEN v.published_date END AS published_date,
        CASE WHEN may_state THEN v.modified_date END AS modified_date,
        v.issues AS issues_json,
        v.raws,
        v.rules,
        from_json(v.confidences, '["DOUBLE"]') AS confidences
    FROM staged_versions v
    JOIN timed t USING (record_id, run_id, content_hash)
    LEFT JOIN carded c USING (portal)
)
FROM final;
