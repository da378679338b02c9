-- Tenants that are being removed, the ledger of those that were, and which erasures are part of that.
CREATE TABLE removing (
    tenant TEXT PRIMARY KEY, begun_at INTEGER NOT NULL, api_keys INTEGER NOT NULL, webhooks INTEGER NOT NULL,
    people INTEGER NOT NULL, logins INTEGER NOT NULL, alerts INTEGER NOT NULL, sessions INTEGER NOT NULL,
    devices INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE removal (receipt BLOB PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;

ALTER TABLE erasing ADD COLUMN with_tenant INTEGER NOT NULL DEFAULT 0;
ALTER TABLE erasing ADD COLUMN people INTEGER NOT NULL DEFAULT 0;
