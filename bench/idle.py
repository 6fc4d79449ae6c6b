#!/usr/bin/env python3
"""Memory of idle SMTP sessions: N clients have sent EHLO, MAIL and RCPT; then each completes a message.

  bench/idle.py [N]        10000 unless told; needs root, the package postfix (for postconf), the programs in out/
                           and `ulimit -n` above N. Sums PSS over all processes of the instance.
"""
import collections
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench


def by_program(system):
    sizes = collections.Counter()
    for pid in system.pids():
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                size = int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
            sizes[os.path.basename(os.readlink(f"/proc/{pid}/exe"))] += size
        except (OSError, AttributeError):
            pass
    return sizes


def read_reply(f):
    while True:
        line = f.readline()
        if line[3:4] != b"-":
            return line


def start(system):
    # Not through a pipe: a managed master would keep it open.
    subprocess.run([os.path.join(system.command, "postfix"), "-c", system.etc, "start"], check=True, timeout=60,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    base = tempfile.mkdtemp(prefix="mta-idle-", dir="/tmp")
    os.chmod(base, 0o755)
    system = bench.System("ours", base, bench.free_port())
    system.set("defer_transports", "smtp")
    try:
        start(system)
        # The programs that a message needs are there before anything is measured.
        with socket.create_connection(("127.0.0.1", system.port), 60) as s:
            f = s.makefile("rwb")
            read_reply(f)
            for command in (b"EHLO warm.test", b"MAIL FROM:<s@bench.test>", b"RCPT TO:<r@far.test>", b"DATA", b"Subject: warm\r\n\r\nx\r\n."):
                f.write(command + b"\r\n")
                f.flush()
                read_reply(f)
        time.sleep(2)
        before = by_program(system)
        began = time.monotonic()
        clients = []
        for _ in range(count):
            s = socket.create_connection(("127.0.0.1", system.port), 60)
            f = s.makefile("rwb", 256)
            read_reply(f)
            for command in (b"EHLO idle.test", b"MAIL FROM:<s@bench.test>", b"RCPT TO:<r@far.test>"):
                f.write(command + b"\r\n")
                f.flush()
                reply = read_reply(f)
                if not reply.startswith(b"250"):
                    sys.exit(f"session {len(clients)}: {command}: {reply}")
            clients.append((s, f))
        opened = time.monotonic() - began
        time.sleep(2)
        after = by_program(system)
        completed = 0
        for s, f in clients:
            f.write(b"DATA\r\n")
            f.flush()
            read_reply(f)
            f.write(b"Subject: idle\r\n\r\nx\r\n.\r\n")
            f.flush()
            completed += read_reply(f).startswith(b"250")
            s.close()
        each = (sum(after.values()) - sum(before.values())) / count
        print(f"{count} sessions opened in {opened:.1f} s; {completed} of {count} completed a message")
        print(f"{each:.1f} KiB PSS each, all processes: " + ", ".join(f"{name} {(after[name] - before[name]) / count:.1f}" for name in sorted(after) if after[name] != before[name]))
        sys.exit(completed != count)
    finally:
        system.stop()
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
