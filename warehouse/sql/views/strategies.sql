-- after: initiatives, is_strategy
CREATE VIEW strategies AS
SELECT * FROM initiatives WHERE is_strategy(kind);
COMMENT ON VIEW strategies IS 'Initiatives that set direction: strategies, action plans, plans, roadmaps and frameworks; same columns as initiatives.';
