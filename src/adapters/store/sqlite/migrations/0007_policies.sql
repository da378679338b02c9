-- What tenants want to be different, and the policies that judged logins.
CREATE TABLE IF NOT EXISTS policy (tenant TEXT PRIMARY KEY, times INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS kept_policy (
    tenant TEXT, version BLOB, record BLOB NOT NULL, used_at INTEGER NOT NULL, PRIMARY KEY (tenant, version)
) WITHOUT ROWID;
