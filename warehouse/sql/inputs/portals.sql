-- What the portal cards say.
CREATE TEMP TABLE staged_portals (
    portal VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    publisher VARCHAR,
    country VARCHAR,
    level VARCHAR,
    nuts VARCHAR[],
    languages VARCHAR[],
    homepage VARCHAR,
    authority VARCHAR,
    licence VARCHAR,
    reuse VARCHAR NOT NULL,
    schedule VARCHAR,
    status VARCHAR,
    replaces VARCHAR[],
    retired BOOLEAN
);
