-- What follows from each refined version of a listing, worked out while refine has the rows in memory: what it says, as one number, so that an
-- update need not read them all again (only when its present wording was last seen stands apart); and how each value was read, taken out of
-- its JSON text once.
SELECT
    hash(*COLUMNS(* EXCLUDE (last_seen))) AS said,
    hash(content_hash, title, description) AS wording,
    from_json(provenance, '{
        "title": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "acronym": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "description": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "kind": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "country": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "nuts": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "level": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "start_date": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "end_date": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "status": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "organisation": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "organisations": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "budget_amount": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "budget_eur": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "official_url": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "topics": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "deap_priorities": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "education_levels": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "target_groups": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "digcomp_areas": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "eurovoc": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "published_date": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"},
        "modified_date": {"raw": "VARCHAR", "rule": "VARCHAR", "confidence": "DOUBLE"}
    }') AS how
FROM rows;
