#!/usr/bin/env python3
"""What smtp-source cannot do: a source of mail that speaks TLS, and a milter that accepts.

    sources.py tls PORT SESSIONS MESSAGES [SIZE]     one connection, one handshake and one message after the other
    sources.py milter PORT                           sees headers and bodies, adds one header; says "ready"
"""

import asyncio
import os
import socket
import ssl
import struct
import sys


def tls_session(port, messages, size):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    line = b"x" * 70 + b"\r\n"
    content = b"Subject: tls\r\n\r\n" + line * (size // len(line)) + b".\r\n"

    def turn(stream, data):
        if data:
            stream.write(data)
            stream.flush()
        while True:
            reply = stream.readline()
            if reply[3:4] != b"-":
                break
        if reply[:1] not in b"23":
            raise RuntimeError(repr(reply))

    for _ in range(messages):
        with socket.create_connection(("127.0.0.1", port), 60) as plain:
            stream = plain.makefile("rwb")
            for data in (b"", b"EHLO bench.test\r\n", b"STARTTLS\r\n"):
                turn(stream, data)
            with context.wrap_socket(plain) as secure:
                stream = secure.makefile("rwb")
                for data in (b"EHLO bench.test\r\n", b"MAIL FROM:<s@bench.test>\r\n", b"RCPT TO:<r@far.test>\r\n", b"DATA\r\n", content, b"QUIT\r\n"):
                    turn(stream, data)


def tls(port, sessions, messages, size):
    children = []
    for i in range(sessions):
        share = messages // sessions + (i < messages % sessions)
        pid = os.fork()
        if pid == 0:
            try:
                tls_session(port, share, size)
                os._exit(0)
            except BaseException as error:
                print(f"tls session: {error}", file=sys.stderr, flush=True)
                os._exit(1)
        children.append(pid)
    return max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children)


async def milter_session(reader, writer):
    def send(kind, data=b""):
        writer.write(struct.pack(">I", len(data) + 1) + kind + data)

    try:
        while True:
            (length,) = struct.unpack(">I", await reader.readexactly(4))
            packet = await reader.readexactly(length)
            kind = packet[:1]
            if kind == b"O":
                # Version 6; may add headers; no connect, HELO, sender and recipient events, no answer to headers.
                send(b"O", struct.pack(">III", 6, 0x01, 0x01 | 0x02 | 0x04 | 0x08 | 0x80))
            elif kind == b"E":
                send(b"h", b"X-Bench\0seen\0")
                send(b"a")
            elif kind in b"QK":
                if kind == b"Q":
                    return
            elif kind not in b"ADL":
                send(b"c")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def milter(port):
    server = await asyncio.start_server(milter_session, "127.0.0.1", port, backlog=1000)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "tls":
        sys.exit(tls(*map(int, sys.argv[2:5]), int(sys.argv[5]) if len(sys.argv) > 5 else 4096))
    asyncio.run(milter(int(sys.argv[2])))
