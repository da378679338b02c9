-- Who has answered an alert: the user, a caller of the API or an operator. NULL without an answer, and for answers from before.
ALTER TABLE alert ADD COLUMN answered_by TEXT;
