-- Whether the runs of the last release still stand and newer ones begin after all that it knew; whether no wording was withdrawn, as deleted
-- rows leave their bytes in the file; and the share of listings that is touched.
SELECT
    NOT EXISTS (SELECT 1 FROM basis_moments b ANTI JOIN moments m ON m.run = b.run AND m.run_id = b.run_id AND m.began_at = b.began_at)
    AND coalesce(
        (SELECT min(began_at) FROM moments WHERE run_id NOT IN (SELECT run_id FROM basis_moments))
        > (SELECT greatest(max(b.latest), (SELECT max(began_at) FROM basis_moments)) FROM basis_records b),
        true
    ) AS follows,
    EXISTS (
        SELECT 1 FROM basis_records b
        LEFT JOIN fingerprints f USING (record_id)
        WHERE f.record_id IS NULL OR NOT list_has_all(f.wordings, b.wordings)
    ) AS withdrawn,
    (SELECT count(*) FROM touched_records) / greatest(1, (SELECT count(*) FROM fingerprints)) AS touched;
