-- after: initiatives, similar
CREATE OR REPLACE MACRO similar_to(id) AS TABLE
    SELECT s.rank, s.score, i.initiative_id, i.title, i.title_en, i.kind, i.country, i.start_date, i.end_date, i.status, i.url
    FROM "similar" s
    JOIN initiatives i ON i.initiative_id = s.other_id
    WHERE s.initiative_id = id
    ORDER BY s.rank, i.initiative_id;
COMMENT ON MACRO TABLE similar_to IS 'Initiatives that resemble one, nearest first: FROM similar_to(''ea-…'').';
