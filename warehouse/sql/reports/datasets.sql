-- Published tables and their columns, in the order of their declaration.
SELECT c.table_name, t.comment, c.column_name, c.data_type, c.comment
FROM duckdb_columns() c
JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
WHERE c.database_name = current_database()
ORDER BY c.table_name, c.column_index;
