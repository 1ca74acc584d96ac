-- blocking: No portal's sentences leave where its licence does not allow it.
SELECT 'listings.description' AS place, record_id, reuse FROM listings WHERE description IS NOT NULL AND reuse <> 'full'
UNION ALL
SELECT 'claims.description', c.record_id, l.reuse FROM claims c JOIN listings l USING (record_id)
WHERE c.field = 'description' AND l.reuse <> 'full'
UNION ALL
SELECT 'claims.raw', c.record_id, l.reuse FROM claims c JOIN listings l USING (record_id)
WHERE l.reuse <> 'full' AND length(c.raw) > 120
ORDER BY ALL;
