-- What is due, by tenant.
CREATE INDEX IF NOT EXISTS alert_by_turn ON alert (tenant, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_by_turn ON event (tenant, webhook, due_at, id);
