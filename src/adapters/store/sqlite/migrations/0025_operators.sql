-- Operators of the console, and their sessions.
CREATE TABLE IF NOT EXISTS operator (id BLOB PRIMARY KEY, times INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS operator_session (
    key BLOB PRIMARY KEY, record BLOB NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
