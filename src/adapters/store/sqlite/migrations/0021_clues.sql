-- What leads to logins and people: by stretch of four weeks, by which it is deleted, and keyed hash.
CREATE TABLE IF NOT EXISTS clue (
    stretch INTEGER, key BLOB, lead BLOB, PRIMARY KEY (stretch, key, lead)
) WITHOUT ROWID;
