"""Posts many logins of one user at once, for scripts/bench-hammer. Prints one line: names and figures by turns.

Usage: hammer.py owner ADDRESS KEY SECONDS CONNECTIONS    an owner's logins, alone and while others post failures
       hammer.py at-once ADDRESS,... KEY LOGINS           as many connections, each with one login
       hammer.py cold ADDRESS KEY LOGINS                  the first logins after a start, one after the other
"""

import json
import os
import select
import socket
import sys
import time

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
OWNER_PAUSE_S = 0.02


def request(key, user, outcome, user_agent, address):
    login = {
        "outcome": outcome,
        "user": {"id": user, "email": f"{user}@example.com"},
        "client": {"ip": address, "user_agent": user_agent, "headers": {"accept-language": "fi-FI,fi;q=0.9"}},
    }
    body = json.dumps(login).encode()
    head = f"POST /v1/logins HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def connect(address):
    host, port = address.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def status_of(answer):
    """The status of a whole answer; none of half a one."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return None
    length = [it for it in head.lower().split(b"\r\n") if it.startswith(b"content-length:")]
    return int(head[9:12]) if length and int(length[0][15:]) <= len(body) else None


def ask(connection, message):
    connection.sendall(message)
    answer = b""
    while status_of(answer) is None:
        more = connection.recv(65536)
        if not more:
            sys.exit("the service has closed a connection")
        answer += more
    return status_of(answer)


def drive(addresses, message, connections, deadline):
    """Posts a message over many connections at once: again and again until the deadline, or once if there is none.
    Returns how many answers there were by status."""
    opened, poll, answers = {}, select.epoll(), {}
    for number in range(connections):
        it = connect(addresses[number % len(addresses)])
        # The kernel says that a connection is open before the service has taken it, and drops some where too many wait.
        if number % 500 == 499:
            time.sleep(0.1)
        opened[it.fileno()] = (it, bytearray())
        poll.register(it, select.EPOLLIN)
    started = time.monotonic()
    for it, _ in opened.values():
        it.sendall(message)
    waiting = connections
    while waiting > 0:
        for number, _ in poll.poll(60):
            it, answer = opened[number]
            more = it.recv(65536)
            if not more:
                sys.exit("the service has closed a connection")
            answer += more
            status = status_of(bytes(answer))
            if status is None:
                continue
            answers[status] = answers.get(status, 0) + 1
            answer.clear()
            if deadline is not None and time.monotonic() < deadline:
                it.sendall(message)
            else:
                waiting -= 1
    return time.monotonic() - started, answers


def owner_until(address, key, deadline):
    message, waits_ms, connection = request(key, "ana", "success", CHROME, "89.160.20.112"), [], connect(address)
    while time.monotonic() < deadline:
        started = time.monotonic()
        status = ask(connection, message)
        waits_ms.append(1_000 * (time.monotonic() - started))
        if status != 201:
            sys.exit(f"the owner was answered {status}")
        time.sleep(OWNER_PAUSE_S)
    return sorted(waits_ms)


def owner(address, key, seconds, connections):
    alone = owner_until(address, key, time.monotonic() + seconds)
    reading, writing = os.pipe()
    if os.fork() == 0:
        message = request(key, "ana", "failure", FIREFOX, "81.2.69.160")
        _, answers = drive([address], message, connections, time.monotonic() + seconds + 1)
        os.write(writing, json.dumps(answers).encode())
        os._exit(0)
    os.close(writing)
    time.sleep(1)
    hammered = owner_until(address, key, time.monotonic() + seconds)
    answers = json.loads(os.read(reading, 65536))
    os.wait()
    half = lambda waits: waits[len(waits) // 2]
    late = lambda waits: waits[len(waits) * 99 // 100]
    print(
        f"alone_p50_ms {half(alone):.1f} hammered_p50_ms {half(hammered):.1f} hammered_p99_ms {late(hammered):.1f}",
        f"successes {len(alone) + len(hammered)} failures {answers.pop('201', 0)} refused {sum(answers.values())}",
    )


def at_once(addresses, key, logins):
    connection = connect(addresses[0])
    ask(connection, request(key, "bob", "success", CHROME, "89.160.20.112"))
    took, answers = drive(addresses, request(key, "bob", "success", FIREFOX, "81.2.69.160"), logins, None)
    stored = answers.pop(201, 0) + 1
    print(f"took_s {took:.2f} stored {stored} refused {sum(answers.values())} {answers or ''}")


def cold(address, key, logins):
    waits = []
    for number in range(logins):
        started = time.monotonic()
        ask(connect(address), request(key, f"cold{number}", "success", CHROME, "89.160.20.112"))
        waits.append(f"{1_000 * (time.monotonic() - started):.1f}")
    print("first_ms", " ".join(waits))


match sys.argv[1:]:
    case ["owner", address, key, seconds, connections]:
        owner(address, key, float(seconds), int(connections))
    case ["at-once", addresses, key, logins]:
        at_once(addresses.split(","), key, int(logins))
    case ["cold", address, key, logins]:
        cold(address, key, int(logins))
    case _:
        sys.exit(__doc__)
