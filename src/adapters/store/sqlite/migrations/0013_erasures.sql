-- Users who are being forgotten, the ledger of those who were, and whose a session is.
CREATE TABLE erasing (
    user BLOB PRIMARY KEY, partition INTEGER NOT NULL, tenant TEXT NOT NULL, begun_at INTEGER NOT NULL,
    logins INTEGER NOT NULL, alerts INTEGER NOT NULL, sessions INTEGER NOT NULL, devices INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE erasure (receipt BLOB PRIMARY KEY, user BLOB NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX erasure_by_user ON erasure (user, receipt);

ALTER TABLE session ADD COLUMN user BLOB;
CREATE INDEX session_by_user ON session (user) WHERE user IS NOT NULL;
