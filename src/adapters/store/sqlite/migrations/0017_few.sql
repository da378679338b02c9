-- Alerts by what has become of them, and notes by the time of their logins: searches begin there.
CREATE INDEX IF NOT EXISTS alert_by_state ON alert (tenant, state, answer, id);
CREATE INDEX IF NOT EXISTS note_by_login ON note (id);
