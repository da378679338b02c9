-- What stands in the clear of the logins of four hours, column by column; and which of them are to be made, because logins
-- came or went: 16 quarter hours are one.
CREATE TABLE IF NOT EXISTS segment (
    tenant TEXT, field INTEGER, number INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (tenant, field, number)
);
CREATE TABLE IF NOT EXISTS segment_missing (
    number INTEGER, tenant TEXT, times INTEGER NOT NULL, PRIMARY KEY (number, tenant)
) WITHOUT ROWID;
INSERT OR IGNORE INTO segment_missing SELECT DISTINCT quarter / 16, tenant, 1 FROM tally;
