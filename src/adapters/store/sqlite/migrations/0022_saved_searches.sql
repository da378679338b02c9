-- Searches that tenants have saved.
CREATE TABLE IF NOT EXISTS saved_search (tenant TEXT PRIMARY KEY, times INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
