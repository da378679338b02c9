-- The order in which logins were committed, for a while. No number is used twice.
CREATE TABLE IF NOT EXISTS login_commit (
    number INTEGER PRIMARY KEY AUTOINCREMENT, login BLOB NOT NULL, tenant TEXT NOT NULL, committed_at INTEGER NOT NULL
);
