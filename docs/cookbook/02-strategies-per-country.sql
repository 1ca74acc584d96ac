-- How many strategies and initiatives does the atlas hold for each country, and how far back do they reach?
SELECT country, strategy_count, initiative_count, regional_count, first_year, last_year
FROM coverage
ORDER BY initiative_count DESC, country;
