-- How complete is what each portal says?
SELECT portal, max(total) AS listings,
    max(share) FILTER (field = 'start_date') AS with_start,
    max(share) FILTER (field = 'organisation') AS with_organisation,
    max(share) FILTER (field = 'budget_amount') AS with_budget,
    max(share) FILTER (measure = 'excluded') AS not_included
FROM quality
WHERE scope = 'listings'
GROUP BY portal
ORDER BY portal;
