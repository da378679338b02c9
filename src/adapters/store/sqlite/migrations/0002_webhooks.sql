-- A user's alerts, and what tenants are told by webhooks.
CREATE TABLE IF NOT EXISTS alert_of_user (id BLOB PRIMARY KEY, user BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alert_by_user ON alert_of_user (user, id);

CREATE TABLE IF NOT EXISTS event (
    id BLOB, webhook BLOB, record BLOB NOT NULL, body BLOB NOT NULL, attempts INTEGER NOT NULL,
    fence INTEGER NOT NULL, due_at INTEGER NOT NULL, PRIMARY KEY (id, webhook)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS event_by_due ON event (due_at, id, webhook);

CREATE TABLE IF NOT EXISTS webhook (
    tenant TEXT, id BLOB, record BLOB NOT NULL, PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS webhook_attempt (
    webhook BLOB, number INTEGER, record BLOB NOT NULL, PRIMARY KEY (webhook, number)
) WITHOUT ROWID;
