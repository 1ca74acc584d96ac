-- Every published table, view and macro.
SELECT 'table' AS kind, table_name AS name, table_name AS signature, coalesce(comment, '') AS comment
FROM duckdb_tables() WHERE database_name = current_database() AND NOT internal
UNION ALL
SELECT 'view', view_name, view_name, coalesce(comment, '')
FROM duckdb_views() WHERE database_name = current_database() AND NOT internal
UNION ALL
SELECT 'macro', function_name, function_name || '(' || array_to_string(parameters, ', ') || ')', coalesce(comment, '')
FROM duckdb_functions() WHERE database_name = current_database() AND NOT internal
ORDER BY kind, name;
