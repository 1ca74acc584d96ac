-- The one wording of a change of a field.
CREATE OR REPLACE MACRO change_words(name, before, after) AS
    CASE name
        WHEN 'summary' THEN 'The summary changed.'
        ELSE upper(name[1]) || replace(name[2:], '_', ' ') || CASE
            WHEN before IS NULL THEN ' is now known: ' || after || '.'
            WHEN after IS NULL THEN ' is no longer stated; it was ' || before || '.'
            ELSE ' changed from ' || before || ' to ' || after || '.'
        END
    END;
COMMENT ON MACRO change_words IS 'A change of a field as a sentence.';
