-- The initiative an id stands for now, redirects followed.
WITH RECURSIVE followed AS (
    SELECT $id::VARCHAR AS initiative_id
    UNION
    SELECT r.new_id FROM followed f JOIN redirects r ON r.old_id = f.initiative_id
)
SELECT i.* FROM initiatives i JOIN followed USING (initiative_id)
