"""Posts one login for each of many users, over several connections. Usage: post_logins.py URL KEY USERS BROWSER

BROWSER is `first` or `second`: two that have nothing in common, so that the second raises an alert. Fails unless every answer
is a 201.
"""

import concurrent.futures
import http.client
import json
import sys
import urllib.parse

URL, KEY, USERS, BROWSER = urllib.parse.urlparse(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
CONNECTIONS = 16
AGENT, ADDRESS, PLATFORM = {
    "first": ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
              "Safari/537.36", "89.160.20.112", "Win32"),
    "second": ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "81.2.69.142", "Linux x86_64"),
}[BROWSER]
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


def post_every(start):
    connection = http.client.HTTPConnection(URL.hostname, URL.port)
    for number in range(start, USERS, CONNECTIONS):
        login = {
            "user": {"id": f"user-{number}", "email": f"user-{number}@example.com"},
            "client": {"ip": ADDRESS, "user_agent": AGENT, "fingerprint": {"platform": PLATFORM}},
        }
        connection.request("POST", "/v1/logins", json.dumps(login), HEADERS)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 201:
            raise SystemExit(f"{answer.status}: {body.decode()}")


with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
    list(pool.map(post_every, range(CONNECTIONS)))
