-- blocking: A redirect points at a living initiative, and no living initiative redirects.
SELECT old_id, new_id, 'points at none' AS trouble FROM redirects ANTI JOIN initiatives ON initiative_id = new_id
UNION ALL
SELECT old_id, new_id, 'is alive itself' FROM redirects SEMI JOIN initiatives ON initiative_id = old_id
ORDER BY ALL;
