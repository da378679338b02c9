-- The browsers that logins came from, by user and fingerprint; the week in which each was last seen, by which it is deleted; whether it
-- is kept for a shorter time than others, and whether anybody got in with it.
CREATE TABLE IF NOT EXISTS browser (
    user BLOB, fingerprint BLOB, week INTEGER NOT NULL, brief INTEGER NOT NULL, signed_in INTEGER NOT NULL, record BLOB NOT NULL,
    PRIMARY KEY (user, fingerprint)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS browser_by_week ON browser (brief, week);
