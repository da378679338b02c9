-- Attempts that failed of us do not count.
ALTER TABLE alert ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;
