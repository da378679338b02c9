-- By network (kind 1), the lowest byte of a login's address, hidden as the address is: so that of a network's logins those from one
-- address are found without opening the others. NULL where nothing of the address was kept, and for logins from before.
ALTER TABLE login_of ADD COLUMN hidden_byte INTEGER;
