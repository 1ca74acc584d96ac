-- Which listing speaks of which initiative.
CREATE TEMP TABLE staged_clusters (record_id VARCHAR NOT NULL, initiative_id VARCHAR NOT NULL);
