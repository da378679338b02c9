"""The parts of scripts/bench-yardstick beside its loads, and how it prints."""

import re
import subprocess
import time

from bench import ROOT, fail, say
from load import body, open_loop

# Redis is asked for the memory of every key, of our own server: by kind, how many there are and how many bytes.
BY_KIND = """
local found, cursor = {}, "0"
repeat
    local page = redis.call("SCAN", cursor, "COUNT", 1000)
    cursor = page[1]
    for _, key in ipairs(page[2]) do
        local kind = string.match(key, "{p%d+}:([%a%-]+)") or string.match(key, "^wl:([%a%-]+)") or "other"
        local sum = found[kind] or {0, 0}
        found[kind] = {sum[1] + 1, sum[2] + redis.call("MEMORY", "USAGE", key, "SAMPLES", 0)}
    end
until cursor == "0"
local rows = {}
for kind, sum in pairs(found) do rows[#rows + 1] = kind .. " " .. sum[1] .. " " .. sum[2] end
return rows
"""


class Targets:
    """The table "must reach"."""

    def __init__(self):
        self.rows = []

    def at_least(self, what, figure, target, form):
        self.rows.append([what, form.format(figure), f">= {form.format(target)}", "met" if figure >= target else "MISSED"])

    def at_most(self, what, figure, target, form):
        self.rows.append([what, form.format(figure), f"<= {form.format(target)}", "met" if figure <= target else "MISSED"])

    def print(self):
        if self.rows:
            print_rows("Must reach", ["what", "figure", "target", ""], self.rows)


def print_rows(title, head, rows):
    """A table: the first two columns to the left, all others to the right."""
    widths = [max(len(str(line[at])) for line in [head, *rows]) for at in range(len(head))]
    print(f"\n{title}\n")
    for line in [head, *rows]:
        cells = [str(cell).ljust(width) if at == 0 else str(cell).rjust(width)
                 for at, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip(), flush=True)


def median(loads):
    """The load in the middle, by the processor time of a request."""
    return sorted(loads, key=lambda it: it.sum_us)[len(loads) // 2]


def check_history(server, loads):
    """The history must hold what was answered. What was refused because it took too long may be stored nevertheless."""
    answered, refused, stored = sum(it.answered for it in loads), sum(it.refused for it in loads), server.stored()
    if not answered <= stored <= answered + refused:
        fail(f"{server.name}: {answered} logins answered, {refused} refused, {stored} in the history")


def by_kind(redis):
    """How many keys of each kind there are, and what they take of the memory."""
    lines = redis.ask("eval", BY_KIND, "0").splitlines()
    return {kind: (int(count), int(taken)) for kind, count, taken in (line.split() for line in lines)}


def memory_of_history(server, poster, folder, targets):
    """Posts the first login of many users, further ones, and ones from two other devices. Returns head and rows of what
    each kind of key takes."""
    users, further = 2500, 5
    taken = [server.redis.memory_bytes()]
    steps = [[user * 10 for user in range(users)], [user * 10 for _ in range(further) for user in range(users)],
             [user * 10 + other for other in [4, 7] for user in range(users)]]
    kinds, loads = [], []
    for number, machines in enumerate(steps):
        bodies = folder / f"memory-{number}.ndjson"
        with open(bodies, "w") as out:
            for at, machine in enumerate(machines):
                out.write(body(number * 1_000_000 + at, machine // 10, machine) + "\n")
        loads.append(open_loop(server, poster, 2000, 16, bodies))
        taken.append(server.redis.memory_bytes())
        kinds.append(by_kind(server.redis))
    check_history(server, loads)
    first, more, new = ((after - before) / count for before, after, count in zip(taken, taken[1:], (it.answered for it in loads)))
    targets.at_most("Redis: a further login of a known device", more, 600, "{:.0f} B")
    if "user" in kinds[2]:
        targets.at_most("Redis: profile of a user with 3 devices", kinds[2]["user"][1] / kinds[2]["user"][0], 500, "{:.0f} B")
    rows = [[kind, *(f"{it.get(kind, (0, 0))[0]:,}" for it in kinds), *(f"{it.get(kind, (0, 0))[1] / 1024:,.0f} kB" for it in kinds)]
            for kind in sorted(kinds[2], key=lambda kind: -kinds[2][kind][1])]
    rows.append(["all (used_memory)", "", "", "", *(f"{(it - taken[0]) / 1024:,.0f} kB" for it in taken[1:])])
    rows.append(["a login of this step", "", "", "", f"{first:,.0f} B", f"{more:,.0f} B", f"{new:,.0f} B"])
    when = [f"{users:,} users", f"{further} logins more", "2 devices more"]
    return ["kind", *(f"keys: {it}" for it in when), *(f"bytes: {it}" for it in when)], rows


def import_rate(server, folder, targets):
    """How many past logins a second `watchlight import` takes."""
    logins = 60_000
    history = folder / "history.ndjson"
    if not history.exists():
        with open(history, "w") as out:
            make = [ROOT / "scripts/history", "--logins", str(logins), "--users", str(logins // 10)]
            subprocess.run([str(it) for it in make], stdout=out, stderr=subprocess.DEVNULL, check=True)
    server.stop()
    begun = time.monotonic()
    subprocess.run([server.command[0], "import", history, "--tenant", "bench"], env=server.environment, check=True, capture_output=True)
    targets.at_least(f"import, {server.name.removeprefix('Watchlight on ')}: logins/s", logins / (time.monotonic() - begun), 10_000, "{:,.0f}")


def pure_path(targets):
    """What criterion says of the way from words to decision."""
    wanted = {"pure_path/similar/20": 10, "request/read": 40, "matching/exact/20": 0.020, "matching/similar/20": 0.41}
    ran = subprocess.run([ROOT / "scripts/bench", f"^({'|'.join(wanted)})$"], capture_output=True, text=True)
    for name, target in wanted.items():
        found = re.search(rf"^{name} +([0-9.]+) us", ran.stdout, re.M)
        if not found:
            say(f"scripts/bench did not tell {name}: {ran.stderr[-2000:]}")
            continue
        targets.at_most(f"scripts/bench: {name}", float(found.group(1)), target, "{:.3f} us")
