"""The arithmetic of scripts/sizing: bytes a user, bytes a login, and what follows for a large number of both."""

import math
import subprocess

from bench import fail
from yardstick import print_rows

SHARD_BYTES = 25e9
# Of a shard's one processor: so much for logins at the busiest time, the rest for trims, searches and a failover.
SHARD_BUSY = 0.5


class Law:
    """store = empty + users × (what a user and their first login take) + further logins × (what one takes)."""

    def __init__(self, empty_bytes):
        self.empty_bytes, self.by_users, self.by_logins = empty_bytes, [], 0

    def users(self, count, more_bytes):
        self.by_users.append((count, more_bytes))

    def further(self, count, more_bytes):
        self.by_logins = more_bytes / count

    @property
    def user_bytes(self):
        """By the largest step, where tables are filled as they are in the long run."""
        count, more_bytes = self.by_users[-1]
        return more_bytes / count

    def all_bytes(self, users, logins_of_each):
        return self.empty_bytes + users * (self.user_bytes + max(0, logins_of_each - 1) * self.by_logins)


def import_file(server, path, lines):
    """Writes logins into a file, imports it, and deletes it."""
    with open(path, "w") as out:
        for line in lines:
            out.write(line + "\n")
    command = [server.command[0], "import", path, "--tenant", "bench"]
    done = subprocess.run(command, env=server.environment, capture_output=True, text=True)
    path.unlink()
    if done.returncode:
        fail(f"import: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def plan(store, law, load, asked):
    """Prints what so many users take, by the law of this store."""
    users, kept = asked.for_users, asked.logins_kept
    total, per_second = law.all_bytes(users, kept), users * asked.logins_a_day / 86_400 * asked.peak
    rows = [
        ["a user with their first login", f"{law.user_bytes:,.0f} B"],
        ["a further login", f"{law.by_logins:,.0f} B"],
        [f"{users:,} users with {kept:g} logins each", f"{total / 1e9:,.0f} GB"],
        [f"logins at the busiest time ({asked.logins_a_day:g} a day, times {asked.peak:g})", f"{per_second:,.0f}/s"],
        ["processors for the service at that time", f"{per_second * load.server_us / 1e6:.1f}"],
    ]
    if store == "redis":
        by_memory = math.ceil(total / SHARD_BYTES)
        by_processor = math.ceil(per_second * load.redis_us / 1e6 / SHARD_BUSY)
        shards = max(by_memory, by_processor)
        rows += [
            [f"shards: {by_memory} by memory ({SHARD_BYTES / 1e9:.0f} GB each), {by_processor} by processor", f"{shards}"],
            [f"nodes and memory with replicas: {asked.replicas} of each shard", f"{shards * (1 + asked.replicas)}, {total * (1 + asked.replicas) / 1e9:,.0f} GB"],
            ["network of a login: to Redis, from Redis", f"{load.in_bytes:,.0f} B, {load.out_bytes:,.0f} B"],
            ["network at that time: service and Redis", f"{per_second * (load.in_bytes + load.out_bytes) * 8 / 1e6:,.0f} Mbit/s"],
            ["the same to replicas, at most", f"{per_second * load.in_bytes * asked.replicas * 8 / 1e6:,.0f} Mbit/s"],
        ]
    print_rows(f"{store}: by the law measured", ["what", "figure"], rows)
