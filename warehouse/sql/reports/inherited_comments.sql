-- Comments of a table's columns that another table of the same columns has and it lacks.
SELECT c.column_name, m.comment
FROM duckdb_columns() c
JOIN duckdb_columns() m USING (column_name)
WHERE c.table_name = $table AND m.table_name = $model AND c.comment IS NULL
ORDER BY c.column_index
