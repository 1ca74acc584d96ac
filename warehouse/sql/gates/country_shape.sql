-- warning: Countries are two letters, and NUTS codes lie in the country they are given for.
SELECT initiative_id, country, nuts
FROM initiatives
WHERE NOT regexp_full_match(country, '[A-Z]{2}')
   OR len(list_filter(nuts, lambda n: left(n, 2) <> CASE country WHEN 'GR' THEN 'EL' ELSE country END)) > 0 AND country <> 'EU'
ORDER BY initiative_id;
