-- What is known of users, their logins, alerts and API keys.
CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO identity VALUES ('partitions', '256');

CREATE TABLE profile (user BLOB PRIMARY KEY, version INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE login (
    id BLOB PRIMARY KEY, tenant TEXT NOT NULL, user BLOB NOT NULL, prefix BLOB NOT NULL, fingerprint BLOB NOT NULL,
    record BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX login_by_tenant ON login (tenant, id);
CREATE INDEX login_by_user ON login (user, id);
CREATE INDEX login_by_prefix ON login (prefix, id);
CREATE INDEX login_by_fingerprint ON login (fingerprint, id);

CREATE TABLE idempotency (
    key BLOB PRIMARY KEY, body BLOB NOT NULL, login BLOB NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE TABLE alert (
    id BLOB PRIMARY KEY, tenant TEXT NOT NULL, record BLOB NOT NULL, state TEXT NOT NULL, suppressed TEXT,
    recipient TEXT, attempts INTEGER NOT NULL, due_at INTEGER, last_error TEXT, settled_at INTEGER,
    answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX alert_by_tenant ON alert (tenant, id);
CREATE INDEX alert_by_due ON alert (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE api_key (id TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
