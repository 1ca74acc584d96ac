-- A world of $listings listings over $portals portals and two runs, like what refine writes; one listing in $changed says something new in the second run.
CREATE TABLE world AS
WITH source AS (
    SELECT
        i,
        -- two thirds of the initiatives have one listing, the others up to four
        CASE WHEN i % 10 < 6 THEN i ELSE i - i % 10 + 6 + (i % 10) % 2 END AS cluster,
        (hash(i) % 1000)::INTEGER AS dice,
        (hash(i + 7) % $portals)::INTEGER AS portal_no
    FROM range($listings) r(i)
),
worded AS (
    SELECT
        *,
        ['cs', 'de', 'fr', 'es', 'it', 'pl', 'fi', 'el'][1 + portal_no % 8] AS lang,
        ['CZ', 'DE', 'FR', 'ES', 'IT', 'PL', 'FI', 'GR'][1 + portal_no % 8] AS land,
        ['Strategie', 'Digitale Schule', 'École numérique', 'Competencias', 'Scuola', 'Kompetencje', 'Koulu', 'Σχολείο'][1 + portal_no % 8]
            || ' ' || ['teachers', 'Gymnasium', 'licée', 'región', 'comuni', 'gmina', 'opetus', 'παιδεία'][1 + cluster % 8]
            || ' ' || (cluster % 50000)::VARCHAR || ' ' || (2010 + cluster % 18)::VARCHAR AS title,
        make_date((2010 + cluster % 18)::INTEGER, 1, 1) AS starts,
        repeat('An ordinary sentence about classrooms, networks and people who teach. ', (1 + dice % 6)::INTEGER) AS prose
    FROM source
)
FROM worded;

CREATE TABLE versions AS
WITH typed AS (
    SELECT
        'p' || portal_no || ':' || i AS record_id,
        'p' || portal_no AS portal,
        'https://p' || portal_no || '.example/entry/' || i AS url,
        false AS shared_page,
        title,
        CASE WHEN dice < 100 THEN 'DS' || cluster % 97 END AS acronym,
        lang AS language,
        prose AS description,
        ['strategy', 'programme', 'project', 'action-plan'][1 + cluster % 4] AS kind,
        land AS country,
        CASE WHEN dice < 300 THEN [left(land, 2) || cluster % 9] ELSE [] END::VARCHAR[] AS nuts,
        CASE WHEN dice < 300 THEN 'regional' ELSE 'national' END AS level,
        starts AS start_date,
        'year' AS start_precision,
        CASE WHEN dice < 500 THEN (starts + INTERVAL 5 YEAR - INTERVAL 1 DAY)::DATE END AS end_date,
        CASE WHEN dice < 500 THEN 'year' END AS end_precision,
        CASE WHEN dice < 200 THEN 'active' END AS status,
        'Ministry ' || cluster % 3000 AS organisation,
        'org-' || cluster % 3000 AS organisation_id,
        ['Ministry ' || cluster % 3000, 'Agency ' || i % 700] AS organisations,
        CASE WHEN dice < 250 THEN (1000 * (1 + dice))::DOUBLE END AS budget_amount,
        CASE WHEN dice < 250 THEN 'EUR' END AS budget_currency,
        CASE WHEN dice < 250 THEN (1000 * (1 + dice))::DOUBLE END AS budget_eur,
        CASE WHEN dice < 400 THEN 'https://official.example/' || cluster END AS official_url,
        ['teaching', 'infrastructure'] AS topics,
        ['1.1'] AS deap_priorities,
        ['2', '3'] AS education_levels,
        ['teachers'] AS target_groups,
        []::VARCHAR[] AS digcomp_areas,
        []::VARCHAR[] AS eurovoc,
        0.9 AS relevance,
        true AS included,
        NULL::VARCHAR AS exclusion_reason,
        NULL::DATE AS published_date,
        CASE WHEN dice < 500 THEN make_date(2024, (1 + dice % 12)::INTEGER, 1) END AS modified_date,
        CASE WHEN portal_no % 2 = 0 THEN 'full' ELSE 'facts-only' END AS reuse,
        CASE WHEN portal_no % 2 = 0 THEN 'https://creativecommons.org/licenses/by/4.0/' ELSE 'unknown' END AS licence,
        to_json(map_from_entries(list_transform(
            ['title', 'description', 'kind', 'country', 'level', 'start_date', 'organisation', 'organisations', 'topics', 'deap_priorities',
             'education_levels', 'target_groups'],
            lambda k: {'k': k, 'v': {'raw': left(title || ' ' || k, 40), 'rule': 'bench', 'confidence': 0.5 + dice / 2000.0}}
        )))::VARCHAR AS provenance,
        CASE WHEN dice < 50 THEN '[{"field":"budget","raw":"much","reason":"no number"}]' END AS issues,
        NULL::VARCHAR AS extra,
        i
    FROM world
),
changing AS (SELECT *, i % $changed = 0 AS changes FROM typed)
SELECT
    * EXCLUDE (i, changes),
    md5(record_id) AS content_hash, '2025-01-01.1' AS run_id, '2025-01-01T01:00:00Z' AS first_seen,
    CASE WHEN changes THEN '2025-01-01T01:00:00Z' ELSE $seen END AS last_seen,
    CASE WHEN changes THEN '2025-02-01T01:00:00Z' END AS seen_until,
    'active' AS listing_status, NOT changes AS current
FROM changing
UNION ALL
SELECT
    * EXCLUDE (i, changes) REPLACE (title || ' plus' AS title, DATE '2031-12-31' AS end_date, 'year' AS end_precision),
    md5(record_id || '2'), '2025-02-01.1', '2025-02-01T01:00:00Z', $seen, NULL, 'active', true
FROM changing WHERE changes;

CREATE TABLE clusters AS
SELECT 'p' || portal_no || ':' || i AS record_id, 'ea-' || lpad(cluster::VARCHAR, 10, '0') AS initiative_id FROM world;

CREATE TABLE relations AS
SELECT 'ea-' || lpad(cluster::VARCHAR, 10, '0') AS source_id, 'ea-' || lpad((cluster - 10)::VARCHAR, 10, '0') AS target_id,
    'part_of' AS relation, 0.8 AS score, 'bench' AS evidence
FROM world WHERE i % 10 = 0 AND i >= 10;

CREATE TABLE portals AS
SELECT
    'p' || i AS portal, 'Portal ' || i AS title, 'Ministry' AS publisher, 'CZ' AS country, 'national' AS level, []::VARCHAR[] AS nuts,
    ['cs'] AS languages, 'https://p' || i || '.example/' AS homepage, ['owner', 'national', 'third-party'][1 + i % 3] AS authority,
    'unknown' AS licence, CASE WHEN i % 2 = 0 THEN 'full' ELSE 'facts-only' END AS reuse, 'weekly' AS schedule, 'drafted' AS status,
    []::VARCHAR[] AS replaces, false AS retired
FROM range($portals) r(i);

CREATE TABLE runs AS
SELECT run_id, 'p' || i AS portal, left(run_id, 10) || 'T01:00:00Z' AS started_at, 'ok' AS verdict, []::VARCHAR[] AS reasons,
    10::BIGINT AS found
FROM range($portals) r(i), (VALUES ('2025-01-01.1'), ('2025-02-01.1')) t(run_id);
