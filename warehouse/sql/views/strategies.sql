-- after: initiatives, codes
CREATE OR REPLACE VIEW strategies AS
SELECT *
FROM initiatives
WHERE kind IN (SELECT code FROM codes WHERE field = 'kind' AND (code = 'strategy' OR broader = 'strategy'));
COMMENT ON VIEW strategies IS 'Initiatives that set direction: strategies, and the kinds that codes places under them, such as action plans; same columns as initiatives.';
