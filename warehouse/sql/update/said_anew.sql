-- after: clear, said
-- The same after an update: what the basis knows of rows that were not touched, and what those behind the last one of before ($last) say.
CREATE TEMP TABLE said_anew_$table AS
SELECT $key, count(*) AS times, sum($row)::DECIMAL(38, 0) AS said FROM $table WHERE rowid > $last GROUP BY $key;
CREATE TEMP VIEW said_$table AS
FROM basis_said_$table ANTI JOIN $touched USING ($key)
UNION ALL
FROM said_anew_$table;
