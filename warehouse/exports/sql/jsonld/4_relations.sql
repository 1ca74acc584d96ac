-- of relations: how they relate; a node of the same name adds to the one before.
WITH nodes AS (
    SELECT {
        '@id': getvariable('base') || 'id/' || source_id,
        'replaces': CASE WHEN relation = 'successor_of' THEN getvariable('base') || 'id/' || target_id END,
        'partOf': CASE WHEN relation = 'part_of' THEN getvariable('base') || 'id/' || target_id END,
        'implements': CASE WHEN relation = 'implements' THEN getvariable('base') || 'id/' || target_id END
    } AS node
    FROM relations
    WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
)
SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' AS line FROM nodes;
