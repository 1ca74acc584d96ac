-- Day of the first release and of this one.
SELECT min(run_date), max(run_date) FROM releases;
