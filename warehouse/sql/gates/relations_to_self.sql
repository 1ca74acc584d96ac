-- blocking: No initiative relates to itself.
SELECT source_id, relation FROM relations WHERE source_id = target_id ORDER BY ALL;
