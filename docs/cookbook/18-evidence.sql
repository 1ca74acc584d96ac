-- Where does each value of one initiative come from?
SELECT field, value, portal, raw, rule, confidence, first_seen, is_valid
FROM claims
WHERE initiative_id = (SELECT initiative_id FROM search('strategie strategy strategi estrategia strategia') LIMIT 1)
ORDER BY field, is_valid DESC, portal;
