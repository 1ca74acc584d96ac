-- after: touched
-- The rows of what is touched leave a large table ($table); names are filled in, as no parameter can stand for them.
DELETE FROM $table WHERE $key IN (SELECT $key FROM $touched);
