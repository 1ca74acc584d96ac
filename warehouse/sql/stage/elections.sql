-- after: members, criteria
-- Each state of an initiative votes once for each group of fields: the winning version, by the declared criteria.
-- All criteria together are one number, its last eight digits the version, so that a plain maximum elects and no tie is left to chance.
CREATE TEMP TABLE elections AS
WITH confident AS (
    SELECT
        version_no,
        ended_run,
        authority_weight,
        greatest(date_diff('day', DATE '1900-01-01', least(coalesce(modified_date, published_date, first_at::DATE), last_at::DATE)), 0) AS day_no,
        parse_provenance(provenance_json) AS p
    FROM versions
    WHERE included AND initiative_id IS NOT NULL
),
said AS (
    SELECT
        v.version_no,
        c.authority_weight,
        least(c.day_no, 99999) AS day_no,
        unnest([
            {'field_group': 'title', 'part': NULL, 'value': hash(v.title), 'sure': c.p.title.confidence},
            {'field_group': 'titles', 'part': coalesce(v.language, 'und'), 'value': hash(v.title), 'sure': c.p.title.confidence},
            CASE WHEN v.acronym IS NOT NULL THEN {'field_group': 'acronym', 'part': NULL, 'value': hash(v.acronym), 'sure': c.p.acronym.confidence} END,
            CASE WHEN v.description IS NOT NULL THEN {'field_group': 'summary', 'part': NULL, 'value': hash(v.description), 'sure': c.p.description.confidence} END,
            CASE WHEN v.kind IS NOT NULL THEN {'field_group': 'kind', 'part': NULL, 'value': hash(v.kind), 'sure': c.p.kind.confidence} END,
            CASE WHEN v.country IS NOT NULL THEN {'field_group': 'place', 'part': NULL, 'value': hash(v.country, v.nuts, v.level), 'sure': coalesce(c.p.nuts.confidence, c.p.country.confidence)} END,
            CASE WHEN v.start_date IS NOT NULL OR v.end_date IS NOT NULL THEN {'field_group': 'period', 'part': NULL, 'value': hash(v.start_date, v.end_date), 'sure': coalesce(c.p.start_date.confidence, c.p.end_date.confidence)} END,
            CASE WHEN v.status IS NOT NULL THEN {'field_group': 'status', 'part': NULL, 'value': hash(v.status), 'sure': c.p.status.confidence} END,
            CASE WHEN v.organisation IS NOT NULL THEN {'field_group': 'organisation', 'part': NULL, 'value': hash(coalesce(v.organisation_id, v.organisation)), 'sure': c.p.organisation.confidence} END,
            CASE WHEN v.budget_amount IS NOT NULL THEN {'field_group': 'budget', 'part': NULL, 'value': hash(v.budget_amount, v.budget_currency), 'sure': c.p.budget_amount.confidence} END,
            CASE WHEN v.official_url IS NOT NULL THEN {'field_group': 'url', 'part': NULL, 'value': hash(v.official_url), 'sure': c.p.official_url.confidence} END
        ]) AS vote
    FROM versions v
    JOIN confident c USING (version_no)
),
ballots AS (
    SELECT
        m.state,
        s.vote.field_group AS field_group,
        s.vote.part AS part,
        s.vote.value AS value,
        c.agreement,
        ((s.authority_weight * c.authority
            + round(greatest(least(coalesce(s.vote.sure, 0.5), 0.99), 0) * 100)::BIGINT * c.confidence
            + CASE WHEN m.is_listed THEN s.day_no ELSE 0 END * c.recency)::HUGEINT * 100000000
            + (99999999 - s.version_no)) AS weight
    FROM members m
    JOIN said s USING (version_no)
    JOIN criteria c ON c.field_group = s.vote.field_group
    WHERE s.vote IS NOT NULL
),
counted AS (
    SELECT state, field_group, part, value, max(weight) + least(count(*), 99) * any_value(agreement)::HUGEINT * 100000000 AS weight
    FROM ballots
    GROUP BY ALL
),
final AS (
    SELECT state, field_group, part, (99999999 - max(weight) % 100000000)::INTEGER AS version_no, max(weight) // 100000000 AS weight
    FROM counted
    GROUP BY state, field_group, part
)
FROM final;
