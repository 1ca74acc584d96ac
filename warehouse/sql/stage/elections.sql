-- after: members, criteria, stated_fields
-- Where several listings speak of an initiative, each group of fields is put to the vote in each state: the winning version, by the
-- declared criteria. All criteria together are one number of ten digits, and behind them eight for the version, so that a plain maximum elects
-- and no tie is left to chance.
CREATE TEMP MACRO sure_of(field, confidences) AS confidences[list_position(stated_fields(), field)];

CREATE TEMP TABLE elections AS
WITH candidates AS (
    SELECT
        *,
        greatest(date_diff('day', DATE '1900-01-01', least(coalesce(modified_date, published_date, first_at::DATE), last_at::DATE)), 0) AS day_no
    FROM versions
    WHERE version_no IN (SELECT version_no FROM members WHERE NOT is_alone)
),
said AS (
    SELECT
        version_no,
        authority_weight,
        least(day_no, 99999) AS day_no,
        unnest([
            {'field_group': 'title', 'part': NULL, 'value': hash(title), 'sure': sure_of('title', confidences)},
            {'field_group': 'titles', 'part': coalesce(language, 'und'), 'value': hash(title), 'sure': sure_of('title', confidences)},
            CASE WHEN acronym IS NOT NULL
                THEN {'field_group': 'acronym', 'part': NULL, 'value': hash(acronym), 'sure': sure_of('acronym', confidences)} END,
            CASE WHEN description IS NOT NULL
                THEN {'field_group': 'summary', 'part': NULL, 'value': hash(description), 'sure': sure_of('description', confidences)} END,
            CASE WHEN kind IS NOT NULL
                THEN {'field_group': 'kind', 'part': NULL, 'value': hash(kind), 'sure': sure_of('kind', confidences)} END,
            CASE WHEN country IS NOT NULL
                THEN {'field_group': 'place', 'part': NULL, 'value': hash(country, nuts, level),
                      'sure': coalesce(sure_of('nuts', confidences), sure_of('country', confidences))} END,
            CASE WHEN start_date IS NOT NULL OR end_date IS NOT NULL
                THEN {'field_group': 'period', 'part': NULL, 'value': hash(start_date, end_date),
                      'sure': coalesce(sure_of('start_date', confidences), sure_of('end_date', confidences))} END,
            CASE WHEN status IS NOT NULL
                THEN {'field_group': 'status', 'part': NULL, 'value': hash(status), 'sure': sure_of('status', confidences)} END,
            CASE WHEN organisation IS NOT NULL
                THEN {'field_group': 'organisation', 'part': NULL, 'value': hash(coalesce(organisation_id, organisation)),
                      'sure': sure_of('organisation', confidences)} END,
            CASE WHEN budget_amount IS NOT NULL
                THEN {'field_group': 'budget', 'part': NULL, 'value': hash(budget_amount, budget_currency),
                      'sure': sure_of('budget_amount', confidences)} END,
            CASE WHEN official_url IS NOT NULL
                THEN {'field_group': 'url', 'part': NULL, 'value': hash(official_url), 'sure': sure_of('official_url', confidences)} END
        ]) AS vote
    FROM candidates
),
ballots AS (
    SELECT
        m.state,
        s.vote.field_group AS field_group,
        s.vote.part AS part,
        s.vote.value AS value,
        c.agreement,
        (s.authority_weight * c.authority
            + round(greatest(least(coalesce(s.vote.sure, 0.5), 0.99), 0) * 100)::BIGINT * c.confidence
            + CASE WHEN m.is_listed THEN s.day_no ELSE 0 END * c.recency)::BIGINT * 100000000
            + (99999999 - s.version_no) AS weight
    FROM members m
    JOIN said s USING (version_no)
    JOIN criteria c ON c.field_group = s.vote.field_group
    WHERE s.vote IS NOT NULL AND NOT m.is_alone
),
counted AS (
    SELECT state, field_group, part, value, max(weight) + least(count(*), 99) * any_value(agreement)::BIGINT * 100000000 AS weight
    FROM ballots
    GROUP BY ALL
),
final AS (
    SELECT state, field_group, part, (99999999 - max(weight) % 100000000)::INTEGER AS version_no
    FROM counted
    GROUP BY state, field_group, part
)
FROM final;
