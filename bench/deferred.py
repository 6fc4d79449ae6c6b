#!/usr/bin/env python3
"""Measures a large queue, our queue manager beside Debian's Postfix.

A queue of N deferred messages is made directly on disk. Then, for each system:
  waiting   the messages are not due: time from `postfix start` to the first new message delivered, latency of new
            mail while the deferred queue is scanned over and over, and the memory of the queue manager
  active    the messages are due and go to a host that never answers, with room for all of them in the active queue:
            time until all are in memory, memory for each, and latency of new mail for others beside them
Needs root, Debian's postfix, and the programs of ./build.sh in out/.
"""

import argparse
import json
import os
import pwd
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from bench import System, free_port, run


def say(text):
    print(text, file=sys.stderr, flush=True)


class Silence:
    """A host that takes connections and never says a word."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.port = self.socket.getsockname()[1]
        self.clients = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                self.clients.append(self.socket.accept()[0])
        except OSError:
            pass


class LogTail:
    def __init__(self, path):
        self.file = open(path, "rb")

    def lines(self):
        return self.file.read()

    def wait(self, text, seconds=120):
        deadline = time.monotonic() + seconds
        seen = b""
        while text not in seen:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not in the log within {seconds} s: {text.decode()}")
            new = self.lines()
            seen = seen[-200:] + new
            if not new:
                time.sleep(0.002)
        return time.monotonic()


def send(port, recipient):
    """Queue ID of one new message."""
    with socket.create_connection(("127.0.0.1", port), 60) as s:
        stream = s.makefile("rwb")

        def command(line):
            if line:
                stream.write(line.encode() + b"\r\n")
                stream.flush()
            while True:
                reply = stream.readline()
                if reply[3:4] != b"-":
                    return reply

        command("")
        command("HELO bench.test")
        command("MAIL FROM:<sender@example.test>")
        command(f"RCPT TO:<{recipient}>")
        command("DATA")
        reply = command("Subject: bench\r\n\r\ntext\r\n.")
        if not reply.startswith(b"250"):
            raise RuntimeError(reply)
        return reply.split()[-1]


def fill(folder, template, count, due):
    """A deferred queue: copies of one queue file, named by their inodes as Postfix wants them, due at a time."""
    owner = pwd.getpwnam("postfix")
    os.makedirs(folder, exist_ok=True)
    os.chown(folder, owner.pw_uid, 0)
    os.chmod(folder, 0o700)
    times = (due, due)
    before = os.umask(0)
    os.seteuid(owner.pw_uid)
    try:
        for digit in "0123456789ABCDEF":
            os.makedirs(os.path.join(folder, digit), mode=0o700, exist_ok=True)
        making = os.path.join(folder, "making")
        for i in range(count):
            file = os.open(making, os.O_WRONLY | os.O_CREAT, 0o700)
            os.write(file, template)
            os.utime(file, times)
            inode = os.fstat(file).st_ino
            os.close(file)
            first = "%05X" % (i * 7919 % 1000000)
            os.rename(making, f"{folder}/{first[0]}/{first}{inode:X}")
    finally:
        os.seteuid(0)
        os.umask(before)


def template_of(base, silent):
    """A message for far.example as Postfix keeps it."""
    system = System("template", base, silent.port)
    system.set("defer_transports", "smtp")
    system.start()
    try:
        log = LogTail(os.path.join(system.dir, "mail.log"))
        queue_id = send(system.port, "user@far.example").decode()
        log.wait(b"status=deferred")
        path = os.path.join(system.dir, "spool/deferred", queue_id[0], queue_id)
        while not os.path.exists(path):
            time.sleep(0.05)
        with open(path, "rb") as f:
            return f.read()
    finally:
        system.stop()


def manager(system):
    """PID of the queue manager."""
    with open(os.path.join(system.dir, "spool/pid/master.pid")) as f:
        master = int(f.read())
    for pid in subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True).stdout.split():
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            if b"qmgr" in f.read().split(b"\0")[0]:
                return int(pid)
    raise RuntimeError("no queue manager")


def memory(pid):
    """(private and shared now in KiB, peak resident in KiB)."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        pss = next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
    with open(f"/proc/{pid}/status") as f:
        peak = next(int(line.split()[1]) for line in f if line.startswith("VmHWM:"))
    return pss, peak


def latencies(system, log, seconds, during=lambda: None):
    """Milliseconds from 250 to delivered and removed, of one message after the other."""
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        during()
        queue_id = send(system.port, "box@virt.test")
        accepted = time.monotonic()
        found.append((log.wait(queue_id + b": removed") - accepted) * 1000)
    found.sort()
    return {
        "messages": len(found),
        "median_ms": round(statistics.median(found), 1),
        "p99_ms": round(found[int(len(found) * 0.99)], 1) if found else None,
        "max_ms": round(found[-1], 1),
    }


def prepare(name, base, silent):
    system = System(name, base, silent.port)
    shutil.rmtree(os.path.join(system.dir, "home"), ignore_errors=True)
    os.makedirs(os.path.join(system.dir, "home/box"))
    run("chown", "-R", "1000:1000", os.path.join(system.dir, "home"))
    system.set("smtp_helo_timeout", "1h")
    system.set("smtp_connect_timeout", "1h")
    # Makes the queue directories with their owners.
    system.start()
    system.stop()
    return system


def empty_state(system):
    system.start()
    try:
        log = LogTail(os.path.join(system.dir, "mail.log"))
        latencies(system, log, 3)
        return memory(manager(system))
    finally:
        system.stop()


def waiting(system, template, count, seconds):
    empty, _ = empty_state(system)
    fill(os.path.join(system.dir, "spool/deferred"), template, count, time.time() + 86400)
    log = LogTail(os.path.join(system.dir, "mail.log"))
    log.lines()
    began = time.monotonic()
    system.start()
    try:
        queue_id = send(system.port, "box@virt.test")
        first = log.wait(queue_id + b": removed") - began
        result = {"first_delivery_s": round(first, 2)}
        socket_path = os.path.join(system.dir, "spool/public/qmgr")

        def scan():
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(socket_path)
                s.send(b"D")

        result["while_scanning"] = latencies(system, log, seconds, scan)
        pss, peak = memory(manager(system))
        result.update(empty_kib=empty, pss_kib=pss, peak_rss_kib=peak, growth_kib=pss - empty)
        return result
    finally:
        system.stop()
        shutil.rmtree(os.path.join(system.dir, "spool/deferred"))


def active(system, template, count, seconds):
    system.set("qmgr_message_active_limit", str(count + 10000))
    system.set("qmgr_message_recipient_limit", str(count + 10000))
    system.set("qmgr_clog_warn_time", "0")
    empty, _ = empty_state(system)
    fill(os.path.join(system.dir, "spool/deferred"), template, count, time.time() - 10)
    log = LogTail(os.path.join(system.dir, "mail.log"))
    log.lines()
    began = time.monotonic()
    system.start()
    try:
        known = 0
        while known < count:
            new = log.lines()
            known += new.count(b"(queue active)")
            if time.monotonic() - began > 1800:
                raise TimeoutError(f"{known} of {count} became active")
            time.sleep(0.05)
        result = {"all_active_s": round(time.monotonic() - began, 1)}
        result["beside_them"] = latencies(system, log, seconds)
        pss, peak = memory(manager(system))
        result.update(empty_kib=empty, pss_kib=pss, peak_rss_kib=peak, bytes_per_message=round((pss - empty) * 1024 / count))
        return result
    finally:
        system.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000, help="size of the queue (default 100000)")
    parser.add_argument("--seconds", type=float, default=20, help="how long latency is measured")
    parser.add_argument("--only", default="waiting,active", help="waiting, active, or both")
    parser.add_argument("--systems", default="postfix,ours")
    parser.add_argument("--json", help="file for the results")
    arguments = parser.parse_args()
    base = tempfile.mkdtemp(prefix="mta-deferred-")
    os.chmod(base, 0o755)
    results = {"messages": arguments.messages}
    try:
        silent = Silence()
        template = template_of(base, silent)
        for name in arguments.systems.split(","):
            for kind in arguments.only.split(","):
                system = prepare(name, base, silent)
                say(f"{name}: {kind}, {arguments.messages} messages")
                measure = waiting if kind == "waiting" else active
                results.setdefault(kind, {})[name] = measure(system, template, arguments.messages, arguments.seconds)
                say(f"  {results[kind][name]}")
                shutil.rmtree(system.dir)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    text = json.dumps(results, indent=2)
    print(text)
    if arguments.json:
        with open(arguments.json, "w") as f:
            f.write(text + "\n")


if __name__ == "__main__":
    main()
