-- warning: No initiative ends before it starts.
SELECT initiative_id, title, start_date, end_date FROM initiatives WHERE end_date < start_date ORDER BY ALL;
