-- Organisations that lead initiatives.
SELECT concat(
    '{"@id":"', getvariable('base'), 'organisation/', url_encode(organisation_id), '","@type":"Organization"',
    ',"name":' || literal_text(name),
    ',"alternateName":[' || nullif(array_to_string(list_transform(list_filter(names, lambda n: n <> name), lambda n: literal_text(n)), ','), '') || ']',
    '},', chr(10)
) AS line
FROM organisations;
