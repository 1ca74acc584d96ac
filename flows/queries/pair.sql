-- Two listings and what their comparison found; no row where they were never compared.
SELECT m.record_a, m.record_b, m.score, m.verdict, m.features, m.is_waiting
FROM matches m
WHERE m.record_a = least($a::VARCHAR, $b::VARCHAR) AND m.record_b = greatest($a::VARCHAR, $b::VARCHAR)
