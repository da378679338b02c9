-- Logins by user (kind 0), network (1) and fingerprint (2), by the day (UTC, since 1970) of the login's id: what is written today lies
-- together. It takes the place of three indexes. The day of an id is in its first 6 bytes, which are milliseconds.
CREATE TABLE IF NOT EXISTS login_of (
    day INTEGER, kind INTEGER, key BLOB, id BLOB, PRIMARY KEY (day, kind, key, id)
) WITHOUT ROWID;
WITH login_day AS (
    SELECT id, user, prefix, fingerprint, hex(substr(id, 1, 6)) AS ms FROM login ORDER BY id
)
INSERT OR IGNORE INTO login_of
SELECT ((instr('123456789ABCDEF', substr(ms, 1, 1)) << 44) + (instr('123456789ABCDEF', substr(ms, 2, 1)) << 40)
      + (instr('123456789ABCDEF', substr(ms, 3, 1)) << 36) + (instr('123456789ABCDEF', substr(ms, 4, 1)) << 32)
      + (instr('123456789ABCDEF', substr(ms, 5, 1)) << 28) + (instr('123456789ABCDEF', substr(ms, 6, 1)) << 24)
      + (instr('123456789ABCDEF', substr(ms, 7, 1)) << 20) + (instr('123456789ABCDEF', substr(ms, 8, 1)) << 16)
      + (instr('123456789ABCDEF', substr(ms, 9, 1)) << 12) + (instr('123456789ABCDEF', substr(ms, 10, 1)) << 8)
      + (instr('123456789ABCDEF', substr(ms, 11, 1)) << 4) + instr('123456789ABCDEF', substr(ms, 12, 1))) / 86400000,
    kind, CASE kind WHEN 0 THEN user WHEN 1 THEN prefix ELSE fingerprint END, id
FROM login_day CROSS JOIN (SELECT 0 AS kind UNION ALL SELECT 1 UNION ALL SELECT 2);
DROP INDEX IF EXISTS login_by_user;
DROP INDEX IF EXISTS login_by_prefix;
DROP INDEX IF EXISTS login_by_fingerprint;

-- Clues that lead to a login, by its day. Those of before stay where they are until their stretch goes.
CREATE TABLE IF NOT EXISTS login_clue (
    day INTEGER, key BLOB, login BLOB, PRIMARY KEY (day, key, login)
) WITHOUT ROWID;

-- In which week a browser is to be looked at, to be deleted unless it was seen later. A browser that is seen again changes no other row.
CREATE TABLE IF NOT EXISTS browser_due (
    brief INTEGER, week INTEGER, user BLOB, fingerprint BLOB, PRIMARY KEY (brief, week, user, fingerprint)
) WITHOUT ROWID;
INSERT OR IGNORE INTO browser_due SELECT brief, week, user, fingerprint FROM browser ORDER BY brief, week, user, fingerprint;
DROP INDEX IF EXISTS browser_by_week;
