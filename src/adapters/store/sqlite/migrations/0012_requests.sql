-- What people have asked for. When a step or an answer is due stands beside the record; the user is a keyed hash.
CREATE TABLE IF NOT EXISTS request (
    id BLOB PRIMARY KEY, tenant TEXT NOT NULL, user BLOB NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL,
    open INTEGER NOT NULL, step_at INTEGER NOT NULL, answer_by INTEGER, record BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS request_by_tenant ON request (tenant, id);
CREATE INDEX IF NOT EXISTS request_by_user ON request (user, id);
CREATE INDEX IF NOT EXISTS request_by_step ON request (step_at, id);
CREATE INDEX IF NOT EXISTS request_by_answer ON request (answer_by, id) WHERE answer_by IS NOT NULL;
-- Of a user and a kind one is open.
CREATE UNIQUE INDEX IF NOT EXISTS request_open ON request (user, kind) WHERE open;
