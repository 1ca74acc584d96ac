-- The portals that the statements come from.
SELECT concat(
    '{"@id":"', getvariable('base'), 'portal/', url_encode(portal), '","@type":"WebSite","identifier":', literal_text(portal),
    ',"name":' || tagged_node(title, languages[1]),
    ',"creditText":' || literal_text(publisher),
    ',"url":"' || plain_iri(homepage) || '"',
    ',"license":"' || plain_iri(licence) || '"',
    ',"inLanguage":' || to_json(nullif(languages, []))::VARCHAR,
    ',"spatial":"' || getvariable('countries')[country] || '"',
    '},', chr(10)
) AS line
FROM portals;
