-- How each value was read: one JSON text per listing, parsed once into a struct.
CREATE TEMP MACRO parse_provenance(said) AS from_json(said, '{
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
}');

-- How surely, and of the fields that are put to the vote alone: to parse less costs less.
CREATE TEMP MACRO parse_confidence(said) AS from_json(said, '{
    "title": {"confidence": "DOUBLE"},
    "acronym": {"confidence": "DOUBLE"},
    "description": {"confidence": "DOUBLE"},
    "kind": {"confidence": "DOUBLE"},
    "country": {"confidence": "DOUBLE"},
    "nuts": {"confidence": "DOUBLE"},
    "start_date": {"confidence": "DOUBLE"},
    "end_date": {"confidence": "DOUBLE"},
    "status": {"confidence": "DOUBLE"},
    "organisation": {"confidence": "DOUBLE"},
    "budget_amount": {"confidence": "DOUBLE"},
    "official_url": {"confidence": "DOUBLE"}
}');
