-- When an alert was answered and by which colleague, and beside the user's own answer that of a colleague, with the same. NULL where
-- there is none, and for answers from before.
ALTER TABLE alert ADD COLUMN answered_at INTEGER;
ALTER TABLE alert ADD COLUMN answered_author TEXT;
ALTER TABLE alert ADD COLUMN beside TEXT;
ALTER TABLE alert ADD COLUMN beside_by TEXT;
ALTER TABLE alert ADD COLUMN beside_at INTEGER;
ALTER TABLE alert ADD COLUMN beside_author TEXT;
