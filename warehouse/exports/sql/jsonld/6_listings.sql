-- The pages that an initiative was gathered from, and where they stand; a page that speaks of it in two listings says so twice.
WITH source AS (SELECT initiative_id, plain_iri(url) AS page, url_encode(portal) AS portal FROM listings WHERE initiative_id IS NOT NULL)
SELECT concat(
    '{"@id":"', page, '","@type":"WebPage"', ',"isPartOf":' || addresses(getvariable('base') || 'portal/', portal),
    ',"basisOf":', literal_text(getvariable('base') || 'id/' || initiative_id), '},', chr(10)
) AS line
FROM source WHERE page IS NOT NULL;
