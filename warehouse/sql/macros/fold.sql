-- The folding that search terms and queries share.
CREATE OR REPLACE MACRO fold(said) AS
    replace(replace(replace(replace(replace(replace(replace(
        strip_accents(lower(said)), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'ø', 'o'), 'đ', 'd'), 'ł', 'l'), 'ς', 'σ');
COMMENT ON MACRO fold IS 'Text as search compares it: small letters without accents; ß is ss, ø is o, ł is l, the final sigma an ordinary one.';
