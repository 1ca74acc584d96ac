-- Which active initiatives end within two years of the newest run?
SELECT end_date, end_precision, country, title, kind, url
FROM initiatives, (SELECT max(run_date) AS today FROM releases)
WHERE status = 'active' AND end_date BETWEEN today AND today + INTERVAL 2 YEAR
ORDER BY end_date, country, title;
