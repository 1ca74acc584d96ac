-- Years that the initiatives span, and the countries they are about.
SELECT
    min(start_date) AS first_day,
    max(coalesce(end_date, start_date)) AS last_day,
    coalesce(list_sort(list(DISTINCT country) FILTER (country IS NOT NULL)), []) AS countries,
    coalesce((SELECT list_sort(list(DISTINCT l)) FROM (SELECT unnest(languages) AS l FROM initiatives)), []) AS languages
FROM initiatives;
