-- after: states, terms_of
-- by: initiative_id
-- order: term, initiative_id
CREATE TABLE search_terms (
    term VARCHAR NOT NULL USING COMPRESSION dictionary,
    initiative_id VARCHAR NOT NULL USING COMPRESSION zstd,
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
        list_distinct(terms_of(concat_ws(
            ' ',
            array_to_string(map_values(titles), ' '),
            CASE WHEN list_contains(map_values(titles), title) THEN NULL ELSE title END,
            CASE WHEN list_contains(map_values(titles), title_en) THEN NULL ELSE title_en END,
            acronym
        ))) AS names,
        list_distinct(terms_of(array_to_string(organisations, ' '))) AS bodies,
        list_distinct(terms_of(summary)) AS prose
    FROM states
    WHERE valid_to IS NULL
),
-- a word of a long text says less than one of a short text
words AS (
    SELECT initiative_id, unnest(names) AS term, (40.0 / (10 + len(names)))::FLOAT AS weight FROM source
    UNION ALL
    SELECT initiative_id, unnest(bodies), (10.0 / (10 + len(bodies)))::FLOAT FROM source
    UNION ALL
    SELECT initiative_id, unnest(prose), (15.0 / (10 + len(prose)))::FLOAT FROM source
),
-- by term, as to sort the few different terms and each one's ids costs less than to sort all rows
gathered AS (
    SELECT term, list_sort(list({'initiative_id': initiative_id, 'weight': weight})) AS held FROM words GROUP BY term ORDER BY term
),
opened AS (SELECT term, unnest(held) AS h, unnest(held[2:]) AS following FROM gathered),
-- of a word in several of an initiative's texts, the last and highest weight
final AS (
    SELECT term, h.initiative_id AS initiative_id, h.weight AS weight
    FROM opened
    WHERE h.initiative_id IS DISTINCT FROM following.initiative_id
)
FROM final;
