"""A mail server that is not of our making (aiosmtpd): takes every mail, notes its Message-ID and when it came.

Usage: mail_sink.py PORT GATE OUT

While the file GATE is missing, mails are begun but not taken. OUT gets a line a mail: seconds and Message-ID. Several of
them may share a port: the kernel spreads the sessions.
"""

import asyncio
import os
import socket
import sys
import time

from aiosmtpd.smtp import SMTP

PORT, GATE, OUT = int(sys.argv[1]), sys.argv[2], open(sys.argv[3], "a", buffering=1, encoding="ascii")


class Sink:
    is_open = False

    async def handle_DATA(self, server, session, envelope):
        while not self.is_open:
            self.is_open = os.path.exists(GATE)
            await asyncio.sleep(0 if self.is_open else 0.01)
        head = envelope.content.split(b"\r\n\r\n", 1)[0].decode("ascii")
        ids = [line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.lower().startswith("message-id:")]
        if len(ids) != 1 or len(envelope.rcpt_tos) != 1:
            return "554 5.6.0 not one Message-ID and one recipient"
        OUT.write(f"{time.time():.6f} {ids[0]}\n")
        return "250 2.0.0 taken"


async def main():
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", PORT))
    loop = asyncio.get_running_loop()
    sink = Sink()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.example"), sock=listener)
    async with server:
        await server.serve_forever()


asyncio.run(main())
