-- Addresses that get no more mail, and what is counted.
CREATE TABLE IF NOT EXISTS suppression (
    tenant TEXT, mailbox BLOB, cause TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (tenant, mailbox)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS counter (
    key BLOB PRIMARY KEY, value INTEGER NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS counter_by_expiry ON counter (expires_at);
