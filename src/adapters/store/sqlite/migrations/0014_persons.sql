-- Persons whom nobody may look at; notes on logins; and the logins that are kept for a shorter time than others.
CREATE TABLE IF NOT EXISTS restricted (tenant TEXT, user BLOB, PRIMARY KEY (tenant, user)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS note (
    user BLOB, id BLOB, created_at INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (user, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS note_by_age ON note (created_at);

CREATE TABLE IF NOT EXISTS brief_login (id BLOB PRIMARY KEY) WITHOUT ROWID;
