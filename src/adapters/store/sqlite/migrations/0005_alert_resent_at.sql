-- An alert can be sent again, and is then tried as long as a new one.
ALTER TABLE alert ADD COLUMN resent_at INTEGER;
