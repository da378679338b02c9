-- 22 November 2026: the first
CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

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

-- 24 November, 03:05: webhooks
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

-- 24 November, 05:19: what becomes of a mail
CREATE TABLE IF NOT EXISTS suppression (
    tenant TEXT, mailbox BLOB, cause TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (tenant, mailbox)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (
    key BLOB PRIMARY KEY, value INTEGER NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS counter_by_expiry ON counter (expires_at);
ALTER TABLE alert ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN resent_at INTEGER;

-- 24 November, 10:28: sessions
CREATE TABLE IF NOT EXISTS session (
    key BLOB PRIMARY KEY, version INTEGER NOT NULL, record BLOB NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_by_expiry ON session (expires_at);

-- 24 November, 12:40: policies
CREATE TABLE IF NOT EXISTS policy (tenant TEXT PRIMARY KEY, times INTEGER NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept_policy (
    tenant TEXT, version BLOB, record BLOB NOT NULL, used_at INTEGER NOT NULL, PRIMARY KEY (tenant, version)
) WITHOUT ROWID;

-- 25 November, 00:06: trims that wait
CREATE TABLE IF NOT EXISTS upkeep (name TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;

-- 25 November, 00:19: clocks that were set back
ALTER TABLE event ADD COLUMN leased INTEGER NOT NULL DEFAULT 0;

-- 25 November, 00:33: turns by tenant
ALTER TABLE event ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
CREATE INDEX IF NOT EXISTS alert_by_turn ON alert (tenant, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_by_turn ON event (tenant, webhook, due_at, id);
