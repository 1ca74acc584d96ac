-- after: fold
CREATE OR REPLACE MACRO terms_of(said) AS regexp_extract_all(fold(said), '[\p{L}\p{N}]{2,}');
COMMENT ON MACRO terms_of IS 'The search terms of a text: its folded words of two characters and more.';
