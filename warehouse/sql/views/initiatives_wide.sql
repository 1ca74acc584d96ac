-- after: initiatives, portals, listings, relations
CREATE OR REPLACE VIEW initiatives_wide AS
SELECT
    i.*,
    year(i.start_date) AS start_year,
    year(i.end_date) AS end_year,
    l.portals,
    l.portal_titles,
    l.listing_urls,
    l.licences,
    coalesce(r.succeeds, []) AS succeeds,
    coalesce(r.part_of, []) AS part_of,
    coalesce(r.implements, []) AS implements,
    coalesce(b.succeeded_by, []) AS succeeded_by,
    coalesce(b.parts, []) AS parts,
    coalesce(b.implemented_by, []) AS implemented_by
FROM initiatives i
LEFT JOIN (
    SELECT
        l.initiative_id,
        list_sort(list(DISTINCT l.portal)) AS portals,
        list_sort(list(DISTINCT p.title)) AS portal_titles,
        list_sort(list(DISTINCT l.url)) AS listing_urls,
        list_sort(list(DISTINCT l.licence)) AS licences
    FROM listings l
    LEFT JOIN portals p ON p.portal = l.portal
    WHERE l.initiative_id IS NOT NULL
    GROUP BY l.initiative_id
) l ON l.initiative_id = i.initiative_id
LEFT JOIN (
    SELECT
        source_id,
        list(target_id ORDER BY target_id) FILTER (relation = 'successor_of') AS succeeds,
        list(target_id ORDER BY target_id) FILTER (relation = 'part_of') AS part_of,
        list(target_id ORDER BY target_id) FILTER (relation = 'implements') AS implements
    FROM relations
    GROUP BY source_id
) r ON r.source_id = i.initiative_id
LEFT JOIN (
    SELECT
        target_id,
        list(source_id ORDER BY source_id) FILTER (relation = 'successor_of') AS succeeded_by,
        list(source_id ORDER BY source_id) FILTER (relation = 'part_of') AS parts,
        list(source_id ORDER BY source_id) FILTER (relation = 'implements') AS implemented_by
    FROM relations
    GROUP BY target_id
) b ON b.target_id = i.initiative_id;
COMMENT ON VIEW initiatives_wide IS 'Initiatives with years, portals, addresses and relations in one row: for spreadsheets and data frames.';
COMMENT ON COLUMN initiatives_wide.start_year IS 'Year of start_date.';
COMMENT ON COLUMN initiatives_wide.end_year IS 'Year of end_date.';
COMMENT ON COLUMN initiatives_wide.portals IS 'Portals that list it.';
COMMENT ON COLUMN initiatives_wide.portal_titles IS 'Names of those portals.';
COMMENT ON COLUMN initiatives_wide.listing_urls IS 'Addresses of its listings.';
COMMENT ON COLUMN initiatives_wide.licences IS 'Licences of its listings.';
COMMENT ON COLUMN initiatives_wide.succeeds IS 'Initiatives that it succeeds.';
COMMENT ON COLUMN initiatives_wide.part_of IS 'Initiatives that it is part of.';
COMMENT ON COLUMN initiatives_wide.implements IS 'Initiatives that it implements.';
COMMENT ON COLUMN initiatives_wide.succeeded_by IS 'Initiatives that succeed it.';
COMMENT ON COLUMN initiatives_wide.parts IS 'Initiatives that are part of it.';
COMMENT ON COLUMN initiatives_wide.implemented_by IS 'Initiatives that implement it.';
