-- blocking: Relations and listings point at initiatives, and listings at portals, that exist.
SELECT 'relations.source_id' AS reference, source_id AS points_at FROM relations ANTI JOIN initiatives ON initiative_id = source_id
UNION ALL
SELECT 'relations.target_id', target_id FROM relations ANTI JOIN initiatives ON initiative_id = target_id
UNION ALL
SELECT 'listings.initiative_id', l.initiative_id FROM listings l ANTI JOIN initiatives i ON i.initiative_id = l.initiative_id
WHERE l.initiative_id IS NOT NULL
UNION ALL
SELECT 'listings.portal', l.portal FROM listings l ANTI JOIN portals p ON p.portal = l.portal
ORDER BY ALL;
