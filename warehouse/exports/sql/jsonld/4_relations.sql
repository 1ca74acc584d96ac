-- How they relate; a node of the same name adds to the one before.
SELECT concat(
    '{"@id":', literal_text(getvariable('base') || 'id/' || source_id), ',"',
    CASE relation WHEN 'successor_of' THEN 'replaces' WHEN 'part_of' THEN 'partOf' ELSE 'implements' END,
    '":', literal_text(getvariable('base') || 'id/' || target_id), '},', chr(10)
) AS line
FROM relations;
