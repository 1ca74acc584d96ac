-- after: clear, said
-- The same after an update: what the basis knows of rows that were not touched, and what those behind the last one of before ($last) say.
CREATE TEMP TABLE said_$table AS
FROM basis_said_$table ANTI JOIN $touched USING ($key)
UNION ALL
SELECT $key, count(*), sum($row)::DECIMAL(38, 0) FROM $table WHERE rowid > $last GROUP BY $key;
