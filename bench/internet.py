#!/usr/bin/env python3
"""A small internet: HOSTS mail servers on loopback addresses, a name server for DOMAINS domains, every answer late.

    internet.py HOSTS DOMAINS DELAY_MS NAMESERVER

Server N listens on 127.10.0.N port 25; dN.net.test has the exchanger mxN.net.test. What arrives after a pause is answered
after the delay, all of it at once: the way of a pipelined batch over a long line. Writes "ready", then the number of
messages taken so far for every line read from standard input.
"""
import asyncio
import socket
import struct
import sys

HOSTS, DOMAINS, DELAY, NAMESERVER = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000, sys.argv[4]
taken = 0


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.buffer, self.content, self.waits = transport, b"", False, False
        self.loop = asyncio.get_running_loop()
        self.loop.call_later(DELAY, transport.write, b"220 host.net.test ESMTP\r\n")

    def data_received(self, data):
        self.buffer += data
        if not self.waits:
            self.waits = True
            self.loop.call_later(DELAY, self.answer)

    def answer(self):
        global taken
        self.waits = False
        replies = []
        while True:
            if self.content:
                end = self.buffer.find(b"\r\n.\r\n")
                if end < 0:
                    break
                self.buffer = self.buffer[end + 5:]
                self.content = False
                taken += 1
                replies.append(b"250 2.0.0 Ok: taken\r\n")
                continue
            line, found, rest = self.buffer.partition(b"\r\n")
            if not found:
                break
            self.buffer = rest
            verb = line[:4].upper()
            if verb == b"EHLO":
                replies.append(b"250-host.net.test\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n")
            elif verb == b"DATA":
                self.content = True
                # The body begins behind this line's end: what searches for the end of data wants to see that one too.
                self.buffer = b"\r\n" + self.buffer
                replies.append(b"354 go on\r\n")
            elif verb == b"QUIT":
                self.transport.write(b"".join(replies) + b"221 2.0.0 Bye\r\n")
                self.transport.close()
                return
            else:
                replies.append(b"250 2.0.0 Ok\r\n")
        if replies and not self.transport.is_closing():
            self.transport.write(b"".join(replies))


def wire(name):
    return b"".join(bytes([len(label)]) + label for label in name.split(b".")) + b"\0"


class Names(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, query, peer):
        asyncio.get_running_loop().call_later(DELAY, self.answer, query, peer)

    def answer(self, query, peer):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].lower())
            at += query[at] + 1
        kind = struct.unpack(">H", query[at + 1:at + 3])[0]
        first = labels[0] if labels else b""
        data = b""
        if kind == 15 and first[:1] == b"d" and first[1:].isdigit() and int(first[1:]) < DOMAINS:
            data = struct.pack(">H", 10) + wire(b"mx%d.net.test" % (int(first[1:]) % HOSTS))
        elif kind == 1 and first[:2] == b"mx" and first[2:].isdigit():
            data = socket.inet_aton(f"127.10.0.{int(first[2:]) + 1}")
        record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 300, len(data)) + data if data else b""
        self.transport.sendto(query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1 if data else 0, 0, 0) + query[12:at + 5] + record, peer)


async def main():
    loop = asyncio.get_running_loop()
    for number in range(HOSTS):
        await loop.create_server(Server, f"127.10.0.{number + 1}", 25, backlog=1000)
    await loop.create_datagram_endpoint(Names, local_addr=(NAMESERVER, 53))
    loop.add_reader(0, lambda: print(taken, flush=True) if sys.stdin.readline() else loop.stop())
    print("ready", flush=True)
    await asyncio.Event().wait()


try:
    asyncio.run(main())
except RuntimeError:
    pass  # Standard input ended.
