-- What is remembered from one trim to the next.
CREATE TABLE IF NOT EXISTS upkeep (name TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
