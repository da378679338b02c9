-- Whose an event is, so that tenants take turns. Events of before have none, and come first.
ALTER TABLE event ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
