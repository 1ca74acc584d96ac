-- What the rows of a large table ($table) say, as one number for each value of the column by which they are replaced ($key): the digest is
-- their sum; names are filled in, as no parameter can stand for them.
CREATE TEMP TABLE said_$table AS
SELECT $key, count(*) AS times, sum($row)::DECIMAL(38, 0) AS said FROM $table GROUP BY $key;
