-- after: initiatives
CREATE TABLE "similar" (
    initiative_id VARCHAR NOT NULL,
    other_id VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    rank INTEGER NOT NULL
);
COMMENT ON TABLE "similar" IS 'For every initiative its nearest others by meaning: different initiatives that resemble it.';
COMMENT ON COLUMN "similar".initiative_id IS 'The initiative.';
COMMENT ON COLUMN "similar".other_id IS 'One that resembles it.';
COMMENT ON COLUMN "similar".score IS 'How much, 0 to 1.';
COMMENT ON COLUMN "similar".rank IS '1 is the nearest.';

INSERT INTO "similar"
WITH source AS (FROM staged_similar),
final AS (SELECT initiative_id, other_id, round(score, 4) AS score, rank FROM source)
FROM final ORDER BY initiative_id, rank, other_id;
