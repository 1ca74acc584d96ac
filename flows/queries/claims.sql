-- Every claim of an initiative that stands, field by field.
SELECT field, value, qualifier, record_id, portal, raw, rule, confidence, first_seen
FROM claims
WHERE initiative_id = $id AND is_valid
ORDER BY field, position, confidence DESC NULLS LAST, portal, record_id, value
