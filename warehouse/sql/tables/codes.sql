-- fixed: code lists are part of the program
CREATE TABLE codes (
    field VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    labels MAP(VARCHAR, VARCHAR) NOT NULL,
    about VARCHAR,
    broader VARCHAR,
    exact_match VARCHAR,
    PRIMARY KEY (field, code)
);
COMMENT ON TABLE codes IS 'Every code that a column of initiatives may hold, with its labels: join it by field and code.';
COMMENT ON COLUMN codes.field IS 'Column of initiatives that the code belongs to.';
COMMENT ON COLUMN codes.code IS 'The code.';
COMMENT ON COLUMN codes.label IS 'English label.';
COMMENT ON COLUMN codes.labels IS 'Labels in other languages as well: language -> label.';
COMMENT ON COLUMN codes.about IS 'What it means.';
COMMENT ON COLUMN codes.broader IS 'The wider code of the same field.';
COMMENT ON COLUMN codes.exact_match IS 'The same thing in another scheme.';

INSERT INTO codes
WITH source AS (FROM staged_codes),
final AS (
    SELECT
        CASE list
            WHEN 'kinds' THEN 'kind'
            WHEN 'statuses' THEN 'status'
            WHEN 'levels' THEN 'level'
            WHEN 'isced' THEN 'education_levels'
            WHEN 'target-groups' THEN 'target_groups'
            WHEN 'deap' THEN 'deap_priorities'
            WHEN 'digcomp' THEN 'digcomp_areas'
            ELSE list
        END AS field,
        code,
        map_from_entries(labels)['en'] AS label,
        map_from_entries(list_sort(labels)) AS labels,
        about,
        broader,
        exact_match
    FROM source
)
FROM final ORDER BY field, code;
