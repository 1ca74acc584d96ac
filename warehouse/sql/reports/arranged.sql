-- Tables that exports put in order for themselves.
SELECT table_name FROM duckdb_tables() WHERE temporary;
