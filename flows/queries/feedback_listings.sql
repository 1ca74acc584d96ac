-- A portal's listings with what they leave open and what could not be read in them.
SELECT
    record_id, url, title,
    list_filter([
        CASE WHEN start_date IS NULL AND end_date IS NULL THEN 'period' END,
        CASE WHEN organisation IS NULL THEN 'organisation' END,
        CASE WHEN country IS NULL THEN 'country' END,
        CASE WHEN len(target_groups) = 0 THEN 'target_group' END
    ], lambda field: field IS NOT NULL) AS missing,
    issues
FROM listings
WHERE portal = $portal AND listing_status = 'active' AND is_included
ORDER BY title, record_id
