-- A row that stands before one that the declared order ($order) puts before it; names are filled in, as no parameter can stand for them.
SELECT 1 FROM (SELECT row($order) AS place, lag(row($order)) OVER () AS place_before FROM $table) WHERE place < place_before LIMIT 1;
