-- after: fold
CREATE MACRO terms_of(said) AS
    list_filter(regexp_split_to_array(fold(said), '[^\p{L}\p{N}]+'), lambda w: length(w) > 1);
COMMENT ON MACRO terms_of IS 'The search terms of a text: its folded words of two characters and more.';
