-- Who has read what about whom and changed what, and where each tenant's chain begins and ends.
CREATE TABLE IF NOT EXISTS audit (
    tenant TEXT, number INTEGER, user BLOB, record BLOB NOT NULL, PRIMARY KEY (tenant, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS audit_by_user ON audit (tenant, user, number) WHERE user IS NOT NULL;

CREATE TABLE IF NOT EXISTS audit_chain (
    tenant TEXT PRIMARY KEY, number INTEGER NOT NULL, hash BLOB NOT NULL, base_number INTEGER NOT NULL DEFAULT 0, base BLOB
) WITHOUT ROWID;
