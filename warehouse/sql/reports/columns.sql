-- Every published column; a view's column without a comment of its own has that of the table column of its name.
SELECT c.table_name, c.column_name, c.data_type, coalesce(c.comment, model.comment, '') AS comment, NOT c.is_nullable AS is_required
FROM duckdb_columns() c
LEFT JOIN duckdb_columns() model
    ON model.table_name = 'initiatives' AND model.column_name = c.column_name AND model.database_name = c.database_name
    AND c.table_name IN (SELECT view_name FROM duckdb_views() WHERE NOT internal AND NOT temporary)
WHERE c.database_name = current_database() AND NOT c.internal
ORDER BY c.table_name, c.column_index;
