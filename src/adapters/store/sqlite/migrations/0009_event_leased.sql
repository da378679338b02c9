-- What waits under a lease may wait for longer than what was never tried.
ALTER TABLE event ADD COLUMN leased INTEGER NOT NULL DEFAULT 0;
