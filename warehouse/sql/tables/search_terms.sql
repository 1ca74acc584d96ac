-- after: initiatives, terms_of
CREATE TABLE search_terms (
    term VARCHAR NOT NULL,
    initiative_id VARCHAR NOT NULL,
    weight FLOAT NOT NULL
);
COMMENT ON TABLE search_terms IS 'Full-text index over all languages, read by search: the words of names, acronyms, organisations and summaries.';
COMMENT ON COLUMN search_terms.term IS 'Folded word, as terms_of makes it.';
COMMENT ON COLUMN search_terms.initiative_id IS 'Initiative that uses it.';
COMMENT ON COLUMN search_terms.weight IS 'How much it counts there: words of names more than those of summaries, more of short texts than of long ones.';

INSERT INTO search_terms
WITH source AS (
    SELECT
        initiative_id,
        list_distinct(terms_of(array_to_string(map_values(titles), ' ') || ' ' || title || ' ' || coalesce(title_en, '') || ' ' || coalesce(acronym, ''))) AS names,
        list_distinct(terms_of(array_to_string(organisations, ' '))) AS bodies,
        list_distinct(terms_of(coalesce(summary, ''))) AS prose
    FROM initiatives
),
words AS (
    SELECT initiative_id, unnest(names) AS term, 4.0 AS points, len(names) AS size FROM source
    UNION ALL
    SELECT initiative_id, unnest(bodies), 1.0, len(bodies) FROM source
    UNION ALL
    SELECT initiative_id, unnest(prose), 1.5, len(prose) FROM source
),
-- a word of a long text says less than one of a short text
final AS (
    SELECT term, initiative_id, round(sum((points * 10 / (10 + size))::DECIMAL(9, 4)), 3)::FLOAT AS weight
    FROM words
    GROUP BY term, initiative_id
)
FROM final ORDER BY term, initiative_id;
