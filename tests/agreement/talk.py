#!/usr/bin/env python3
"""Says lines to an SMTP server, one after the other, and prints its replies: talk.py PORT LINE ..."""
import socket, sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) as connection:
    file = connection.makefile("rwb")
    for line in [None] + sys.argv[2:] + ["QUIT"]:
        if line is not None:
            file.write(line.encode("latin-1") + b"\r\n")
            file.flush()
        while True:
            reply = file.readline().decode("latin-1").rstrip("\r\n")
            print(reply)
            if reply[3:4] != "-":
                break
