-- Ids that were merged into others.
SELECT concat(
    '{"@id":', literal_text(getvariable('base') || 'id/' || old_id), ',"isReplacedBy":', literal_text(getvariable('base') || 'id/' || new_id), '},', chr(10)
) AS line
FROM redirects;
