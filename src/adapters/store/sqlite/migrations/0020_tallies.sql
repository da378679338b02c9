-- A tenant's logins in order of time, each with what stands in the clear of it. Of those of before that is not known yet.
CREATE TABLE IF NOT EXISTS login_by_time (tenant TEXT, id BLOB, facets BLOB, PRIMARY KEY (tenant, id)) WITHOUT ROWID;
INSERT OR IGNORE INTO login_by_time (tenant, id) SELECT tenant, id FROM login ORDER BY tenant, id;
DROP INDEX IF EXISTS login_by_tenant;

-- How many logins of a quarter hour have which values. A row may be half a page long, and so the table has no key of its own.
CREATE TABLE IF NOT EXISTS tally (tenant TEXT, quarter INTEGER, counts BLOB NOT NULL, PRIMARY KEY (tenant, quarter));
INSERT OR IGNORE INTO upkeep SELECT 'counted', x'01' WHERE NOT EXISTS (SELECT 1 FROM login);
