-- Everything that a database declares: tables, views, columns and macros, with their comments.
SELECT 'table', table_name, NULL, sql, comment FROM duckdb_tables() WHERE NOT internal AND NOT temporary
UNION ALL SELECT 'view', view_name, NULL, sql, comment FROM duckdb_views() WHERE NOT internal AND NOT temporary
UNION ALL SELECT 'column', table_name, column_name, data_type, comment FROM duckdb_columns()
    WHERE NOT internal AND database_name = current_database()
UNION ALL SELECT 'macro', function_name, to_json(parameters)::VARCHAR, macro_definition, comment FROM duckdb_functions()
    WHERE NOT internal AND database_name = current_database()
ORDER BY ALL;
