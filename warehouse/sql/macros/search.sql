-- after: initiatives, search_terms, terms_of
-- Without WITH: early patch releases of DuckDB 1.4 lose it when they read a macro written by a newer one.
CREATE OR REPLACE MACRO search(question) AS TABLE
    SELECT
        round(sum(found.weight * ln(1 + found.total / found.known)), 3) AS score,
        any_value(i.initiative_id) AS initiative_id,
        any_value(i.title) AS title,
        any_value(i.title_en) AS title_en,
        any_value(i.kind) AS kind,
        any_value(i.country) AS country,
        any_value(i.start_date) AS start_date,
        any_value(i.end_date) AS end_date,
        any_value(i.status) AS status,
        any_value(i.url) AS url
    FROM (
        -- the best term of an initiative for each word asked: the word itself counts whole, a longer word that begins so half
        SELECT
            asked.word,
            s.initiative_id,
            max(s.weight * CASE WHEN s.term = asked.word THEN 1.0 ELSE 0.5 END) AS weight,
            any_value(asked.total) AS total,
            any_value(asked.asked_count) AS asked_count,
            count(*) OVER (PARTITION BY asked.word) AS known
        FROM (
            SELECT
                unnest(list_distinct(terms_of(question))) AS word,
                len(list_distinct(terms_of(question))) AS asked_count,
                (SELECT count(*) FROM initiatives) AS total
        ) asked
        JOIN search_terms s
            ON s.term >= asked.word AND s.term < asked.word || chr(1114109)
            AND (s.term = asked.word OR length(asked.word) > 3)
        GROUP BY asked.word, s.initiative_id
    ) found
    JOIN initiatives i ON i.initiative_id = found.initiative_id
    GROUP BY found.initiative_id
    -- every word asked, or at least most of several
    HAVING count(*) >= ceil(any_value(found.asked_count) * 0.6)
    ORDER BY score DESC, initiative_id;
COMMENT ON MACRO TABLE search IS 'Initiatives by words in any language, best first: FROM search(''digital skills teachers''). Accents and case do not matter; a word also finds longer words that begin with it; of several words most must be found.';
