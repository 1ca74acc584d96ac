-- after: states, terms_of, each_once
-- by: initiative_id
-- order: term, initiative_id, weight
CREATE TABLE search_terms (
    term VARCHAR NOT NULL USING COMPRESSION dictionary,
    initiative_id VARCHAR NOT NULL USING COMPRESSION zstd,
    weight FLOAT NOT NULL
);
COMMENT ON TABLE search_terms IS 'Full-text index over all languages, read by search: the words of names (with acronyms), organisations and summaries. A word that stands in two of these has a row of each.';
COMMENT ON COLUMN search_terms.term IS 'Folded word, as terms_of makes it.';
COMMENT ON COLUMN search_terms.initiative_id IS 'Initiative that uses it.';
COMMENT ON COLUMN search_terms.weight IS 'How much it counts there: words of names more than those of summaries, more of short texts than of long ones.';

INSERT INTO search_terms
WITH source AS (
    SELECT
        initiative_id,
        terms_of(concat_ws(
            ' ',
            array_to_string(map_values(titles), ' '),
            CASE WHEN list_contains(map_values(titles), title) THEN NULL ELSE title END,
            CASE WHEN list_contains(map_values(titles), title_en) THEN NULL ELSE title_en END,
            acronym
        )) AS names,
        terms_of(array_to_string(organisations, ' ')) AS bodies,
        terms_of(summary) AS prose
    FROM states
    WHERE valid_to IS NULL
),
texts AS (
    SELECT initiative_id, each_once(names) AS names, each_once(bodies) AS bodies, each_once(prose) AS prose FROM source
),
-- a word of a long text says less than one of a short text
words AS (
    SELECT initiative_id, unnest(names) AS term, (40.0 / (10 + len(names)))::FLOAT AS weight FROM texts
    UNION ALL
    SELECT initiative_id, unnest(bodies), (10.0 / (10 + len(bodies)))::FLOAT FROM texts
    UNION ALL
    SELECT initiative_id, unnest(prose), (15.0 / (10 + len(prose)))::FLOAT FROM texts
)
-- to sort is shared out among threads; to gather a word's rows first is not, as few words have most of them
SELECT term, initiative_id, weight FROM words ORDER BY term, initiative_id, weight;
