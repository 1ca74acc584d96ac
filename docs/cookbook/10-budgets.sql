-- What do countries spend, where a budget is stated? (Amounts of different kinds of initiatives do not add up to a national budget.)
SELECT country, count(budget_eur) AS with_budget, count(*) AS of_all, round(median(budget_eur)) AS median_eur, round(max(budget_eur)) AS largest_eur
FROM initiatives
GROUP BY country
HAVING count(budget_eur) > 0
ORDER BY largest_eur DESC;
