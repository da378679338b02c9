-- What becomes of sessions.
CREATE TABLE IF NOT EXISTS session (
    key BLOB PRIMARY KEY, version INTEGER NOT NULL, record BLOB NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_by_expiry ON session (expires_at);
