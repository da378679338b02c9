"""What the benches that are written in Python share: processes that are ended, a Redis, the service, and what they take.

What is started is ended by its process id, whatever happens; see `Processes`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def say(words):
    """Tells who watches what happens; the figures go to standard output."""
    print(f"{Path(sys.argv[0]).name}: {words}", file=sys.stderr, flush=True)


def fail(words):
    sys.exit(f"{Path(sys.argv[0]).name}: {words}")


def install_missing(*programs):
    """Installs packages whose programs of the same name are missing; `redis-server` is one."""
    for program in programs:
        if not shutil.which(program):
            say(f"installing {program}")
            sudo = [] if os.getuid() == 0 else ["sudo"]
            subprocess.run([*sudo, "apt-get", "install", "-y", "-qq", program], check=True, stdout=subprocess.DEVNULL)


def machine():
    """The processor and how many there are, the system and Redis, in one line."""
    lscpu = subprocess.run(["lscpu"], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    model = re.search(r"^Model name: +(.*)$", lscpu, re.M)
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True).stdout
    return (f"machine: {model.group(1) if model else 'unknown'}, {os.cpu_count()} processors; "
            f"Linux {os.uname().release}; Redis {re.search(r'v=([0-9.]+)', redis).group(1)}; "
            f"load before: {os.getloadavg()[0]:.1f}")


def bench_program(name):
    """The program of `benches/` that NAME_BIN names (BARE_SERVER_BIN), or one that is built in the release profile."""
    named = os.environ.get(f"{name.upper()}_BIN")
    if named:
        return Path(named).resolve()
    command = ["cargo", "bench", "--no-run", "--locked", "--bench", name]
    built = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    found = re.findall(r"Executable .*\((.*)\)$", built.stderr, re.M)
    if built.returncode or not found:
        fail(f"cannot build {name}:\n{built.stderr}")
    return ROOT / found[-1]


def watchlight_program():
    """The program that WATCHLIGHT_BIN names, or one that is built."""
    named = os.environ.get("WATCHLIGHT_BIN")
    if named:
        return Path(named).resolve()
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "watchlight"], cwd=ROOT, check=True)
    metadata = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT, check=True,
                              capture_output=True, text=True).stdout
    return Path(re.search(r'"target_directory":"([^"]*)"', metadata).group(1)) / "release" / "watchlight"


def cpu_us(pid):
    """The processor time that a process has taken, in microseconds, to a hundredth of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000_000 // TICKS_PER_SECOND


def memory_bytes(pid, what="VmRSS"):
    """What a process takes of the memory."""
    return int(re.search(rf"^{what}:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.M).group(1)) * 1024


def wait_until(holds, seconds, words):
    """Waits for something to hold; gives up with words."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            fail(words())
        time.sleep(0.005)


class Processes:
    """Those that were started here. Ends them at the end of the `with`, by their process ids."""

    def __enter__(self):
        self.running = []
        # Whoever ends this script ends what it has started.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        return self

    def start(self, command, log, environment=None):
        with open(log, "ab") as out:
            process = subprocess.Popen([str(it) for it in command], stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                       env=environment or os.environ)
        self.running.append(process)
        return process

    def end(self, process):
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self.running.remove(process)

    def __exit__(self, *_):
        for process in reversed(list(self.running)):
            self.end(process)


class Redis:
    """A redis-server of our own on a Unix socket, which writes nothing to the disk unless told so."""

    def __init__(self, processes, folder, *settings):
        folder.mkdir(parents=True)
        self.socket = folder / "redis.sock"
        self.url = f"redis+unix://{self.socket}"
        command = ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", folder, "--save", "",
                   "--maxclients", "2000", *(settings or ("--appendonly", "no"))]
        self.process = processes.start(command, folder / "redis.log")
        wait_until(lambda: self.ask("ping") == "PONG", 20, lambda: (folder / "redis.log").read_text())
        self.pid = self.process.pid

    def ask(self, *words):
        return subprocess.run(["redis-cli", "-s", str(self.socket), *words], capture_output=True, text=True).stdout.strip()

    def memory_bytes(self):
        """What it takes of the memory, with what it took when it was empty."""
        return int(re.search(r"^used_memory:(\d+)", self.ask("info", "memory"), re.M).group(1))

    def traffic_bytes(self):
        """What it was sent so far, and what it has answered."""
        stats = self.ask("info", "stats")
        return [int(re.search(rf"^total_net_{way}_bytes:(\d+)", stats, re.M).group(1)) for way in ["input", "output"]]


class Server:
    """One that serves `POST /v1/logins`. Its `seconds_to_start` counts from the process to the first answer that can come."""

    def __init__(self, processes, name, command, folder, redis=None, key="", environment=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.processes, self.name, self.command, self.folder = processes, name, command, folder
        self.redis, self.key, self.environment = redis, key, environment
        self.start()

    def start(self):
        log = self.folder / f"serve.{time.monotonic_ns()}"
        begun = time.monotonic()
        self.process = self.processes.start(self.command, log, self.environment)
        listening = lambda: re.findall(r"listening on (http://127\.0\.0\.1:\d+)", log.read_text())
        ended = lambda: self.process.poll() is not None
        wait_until(lambda: listening() or ended(), 60, lambda: f"{self.name} does not start:\n{log.read_text()[-2000:]}")
        if not listening():
            fail(f"{self.name} does not start:\n{log.read_text()[-2000:]}")
        self.seconds_to_start = time.monotonic() - begun
        self.address, self.pid = listening()[-1], self.process.pid

    def stop(self):
        self.processes.end(self.process)

    def get(self, path, accept="*/*"):
        request = urllib.request.Request(self.address + path,
                                         headers={"Authorization": f"Bearer {self.key}", "Accept": accept})
        return urllib.request.urlopen(request, timeout=300)

    def stored(self):
        """How many logins the history has."""
        with self.get("/v1/logins", "application/x-ndjson") as answer:
            return sum(1 for _ in answer)


def watchlight(processes, name, binary, folder, url, redis=None, geoip=ROOT / "geoip", **settings):
    """A service on a fresh store, with a key, and no limits of requests."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        "STORE__URL": url, "HTTP__BIND": "127.0.0.1:0", "SECRETS__KEY_FILE": folder / "secret.key",
        "MAIL__URL": f"file:{folder / 'mail'}", "GEOIP__DIR": geoip, "LIMITS__PER_KEY_PER_SECOND": 0,
        "LIMITS__PER_IP_PER_SECOND": 0, **settings,
    }
    environment = {**os.environ, **{f"WATCHLIGHT_{setting}": str(value) for setting, value in written.items()}}
    create = [binary, "keys", "create", "--tenant", "bench", "--scope", "logins:write", "--scope", "logins:read"]
    created = subprocess.run(create, env=environment, capture_output=True, text=True)
    if created.returncode:
        fail(f"{name}: no key: {created.stderr}")
    return Server(processes, name, [binary, "serve"], folder, redis, created.stdout.strip(), environment)
