-- of redirects: ids that were merged into others.
WITH nodes AS (
    SELECT {'@id': getvariable('base') || 'id/' || old_id, 'isReplacedBy': getvariable('base') || 'id/' || new_id} AS node FROM redirects
    WHERE rowid >= getvariable('first') AND rowid < getvariable('last')
)
SELECT json_merge_patch('{}', to_json(node))::VARCHAR || ',' AS line FROM nodes;
