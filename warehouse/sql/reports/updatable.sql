-- Whether the runs of the last release still stand and newer ones begin after all that it knew; whether no wording was withdrawn, as deleted
-- rows leave their bytes in the file; the share of listings that is touched; and how many there are.
SELECT
    NOT EXISTS (SELECT 1 FROM basis_moments b ANTI JOIN moments m ON m.run = b.run AND m.run_id = b.run_id AND m.began_at = b.began_at)
    AND coalesce(
        (SELECT min(began_at) FROM moments WHERE run_id NOT IN (SELECT run_id FROM basis_moments))
        > (SELECT greatest((SELECT known_until FROM basis_horizon), (SELECT max(began_at) FROM basis_moments))),
        true
    ) AS follows,
    EXISTS (SELECT 1 FROM compared WHERE is_withdrawn)
    -- what says the same has the same wordings
    OR EXISTS (FROM basis_wordings SEMI JOIN changed_records USING (record_id) ANTI JOIN wordings USING (record_id, wording)) AS withdrawn,
    (SELECT count(*) FROM touched_records) / greatest(1, (SELECT count(*) FROM fingerprints)) AS touched,
    (SELECT count(*) FROM fingerprints) AS listings;
