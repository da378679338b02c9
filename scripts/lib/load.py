"""What is posted, and how: by wrk, which asks again as soon as it has its answer, or at a fixed rate."""

import json
import random
import re
import subprocess
from dataclasses import dataclass

from bench import ROOT, cpu_us, fail

LUA = ROOT / "scripts/lib/logins.lua"
# How long wrk waits for the last answers, after it has stopped to ask.
DRAIN_S = 2


@dataclass
class Load:
    """What a run of requests has come to."""

    answered: int
    refused: int
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    server_us: float
    redis_us: float

    @property
    def per_second(self):
        return self.answered / self.seconds

    @property
    def sum_us(self):
        return self.server_us + self.redis_us


def measured(server, seconds, command):
    """Runs a command that prints a line of results, and what the server and its Redis took meanwhile for a request."""
    taken = lambda: (cpu_us(server.pid), cpu_us(server.redis.pid) if server.redis else 0)
    before = taken()
    ran = subprocess.run([str(it) for it in command], capture_output=True, text=True)
    after = taken()
    found = re.search(r"^RESULT (\d+) (\d+) (\d+) ([0-9.]+) ([0-9.]+) ([0-9.]+)$", ran.stdout, re.M)
    if not found:
        fail(f"{server.name}: {ran.stdout}{ran.stderr}")
    answered, refused, broken = (int(it) for it in found.groups()[:3])
    if broken or refused == answered:
        fail(f"{server.name}: {answered} answers, {refused} not 2xx, {broken} broken connections")
    answered -= refused
    each = [(it - was) / answered for it, was in zip(after, before)]
    return Load(answered, refused, seconds, *(float(it) for it in found.groups()[3:]), *each)


def closed_loop(server, connections, seconds, users, components=None):
    """As fast as the answers come. `components` is a file with the fingerprint of every login but its sound."""
    threads = min(2, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds + DRAIN_S}s", "--timeout", "10s", "-s", LUA, "-H",
               f"Authorization: Bearer {server.key}", f"{server.address}/v1/logins", "--", seconds, users]
    return measured(server, seconds, command + ([components] if components else []))


def open_loop(server, poster, per_second, connections, bodies):
    """Each line of a file once, at a fixed rate, whether or not the answers come; `poster` is benches/bare_server."""
    with open(bodies, "rb") as lines:
        seconds = sum(1 for _ in lines) / per_second
    command = [poster, "post", server.address, server.key or "none", bodies, per_second, connections]
    return measured(server, seconds, command)


def text_of(name):
    """A text of logins.lua, so that both loads post the same."""
    return re.search(rf"^local {name} = \[=\[(.*?)\]=\]", LUA.read_text(), re.M | re.S).group(1)


def body(number, user, machine):
    """The login that logins.lua would post of this user and machine."""
    person = text_of_person % (number, user, user, user % 256, machine % 256)
    components = text_of_components % (
        machine % 97, machine % 1000, machine * 7919 % 4294967296, machine * 104729 % 4294967296, 2 ** (2 + machine % 4),
        1280 + machine % 8 * 160, 4 + machine % 7 * 2, 2000 + machine % 50 * 10)
    return person + components + "}}}"


text_of_person, text_of_components = text_of("PERSON"), text_of("COMPONENTS")


def write_bodies(path, count, users, seed=17):
    """Logins of many users in an order by chance, one of 50 from a machine of its own."""
    chance = random.Random(seed)
    with open(path, "w") as out:
        for number in range(count):
            user = chance.randrange(users)
            machine = user if number % 50 else chance.randrange(1_000_000, 10_000_000)
            out.write(body(number, user, machine) + "\n")


def write_components(path):
    """The whole result of FingerprintJS in a browser, without the sound: logins.lua gives each machine its own."""
    recorded = json.loads((ROOT / "tests/data/fingerprintjs/fingerprintjs_5_chromium.json").read_text())
    components = {name: it for name, it in recorded["components"].items() if name != "audio"}
    path.write_text(json.dumps(components, separators=(",", ":"), ensure_ascii=False)[1:])
