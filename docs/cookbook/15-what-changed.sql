-- What changed with the newest release?
SELECT change, title, words
FROM changes
WHERE run_id = (SELECT run_id FROM releases WHERE is_this)
ORDER BY change, title, field;
