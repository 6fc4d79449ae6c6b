#!/usr/bin/env python3
"""More mail than the system can take, for minutes: what the other users see meanwhile, and what is left afterwards.

    bench/soak.py [--minutes 10] [--load 1.2] [--system ours|postfix] [--json FILE]

First the saturation is measured (a closed loop of smtp-source, --measure seconds). Then smtp-source offers --load times as
much at a fixed rate, whatever is answered: mail that is relayed to smtp-sink. Once a second another user sends a message
to a maildir and notes how long each command and the delivery took. When the time is over the queue must drain by itself.

Objectives: 95 % of the other users' replies within 5 s and of their deliveries within 60 s; nothing acknowledged is lost,
nothing arrives twice; memory of a program does not grow from the second third of the time to the last by more than a
quarter and 8 MiB (the queue manager's grows with the queue up to its limit of 20,000 messages); one minute after the queue
is empty no program has more than 50 descriptors more than before the time began, nor twice the memory and 8 MiB. (A system
with a process for each client keeps them longer than that: a program with more processes than before may have so much more.)
Ends by itself: after minutes, measure, 300 s for the queue and 60 s of rest at most. Exit status 1: an objective is missed.
Needs root, Debian's postfix and the programs in out/ (or MTA_BUILD).
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import bench
from load import look

REPLY_LIMIT, DELIVERY_LIMIT = 5, 60
BATCH, SESSIONS, MOST_SOURCES = 50, 10, 60


class Offer:
    """A fixed number of messages a second, in batches of smtp-source. Who is refused a place tries no more."""

    def __init__(self, port):
        self.port = port
        self.running, self.acknowledged, self.unknown, self.withheld, self.refusals = [], 0, 0, 0, []

    def source(self):
        return subprocess.Popen(["/usr/sbin/smtp-source", "-s", str(SESSIONS), "-l", "4096", "-m", str(BATCH), "-f", "s@bench.test", "-t", "r@far.test", f"127.0.0.1:{self.port}"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def reap(self, wait=0.0):
        end = time.monotonic() + wait
        while True:
            for process in [process for process in self.running if process.poll() is not None]:
                self.running.remove(process)
                said = process.stderr.read()
                process.stderr.close()
                if process.returncode == 0:
                    self.acknowledged += BATCH
                else:
                    # smtp-source gives up at the first refusal: how many came before it nobody knows.
                    self.unknown += BATCH
                    self.refusals.append(said.strip()[-150:])
            if not self.running or time.monotonic() > end:
                return
            time.sleep(0.05)

    def run(self, rate, seconds):
        began = time.monotonic()
        offered = 0
        while (now := time.monotonic() - began) < seconds:
            while offered < now * rate:
                offered += BATCH
                if len(self.running) < MOST_SOURCES:
                    self.running.append(self.source())
                else:
                    # As many clients as there may be wait already.
                    self.withheld += BATCH
            self.reap()
            time.sleep(0.02)
        return offered

    def kill(self):
        for process in self.running:
            process.kill()
            process.wait()


class User(threading.Thread):
    """Sends one message a second and waits for each in the mailbox."""

    def __init__(self, system):
        super().__init__(daemon=True)
        self.port, self.box = system.port, os.path.join(system.dir, "home/box/new")
        self.replies, self.deliveries, self.failures = [], {}, []
        self.sent, self.seen, self.twice = {}, set(), 0
        self.over = threading.Event()
        self.lock = threading.Lock()

    def run(self):
        number = 0
        watcher = threading.Thread(target=self.watch, daemon=True)
        watcher.start()
        while not self.over.is_set():
            began = time.monotonic()
            number += 1
            try:
                self.send(f"probe{number:06}")
            except (OSError, ValueError) as error:
                self.failures.append(f"{error}"[:100])
                self.replies.append(time.monotonic() - began)
            self.over.wait(max(0, began + 1 - time.monotonic()))
        self.over.wait()

    def send(self, name):
        with socket.create_connection(("127.0.0.1", self.port), 60) as peer:
            file = peer.makefile("rwb")
            for command in (None, "HELO user.test", "MAIL FROM:<user@far.test>", "RCPT TO:<x@virt.test>", "DATA", f"Subject: {name}\r\n\r\nhello\r\n.", "QUIT"):
                began = time.monotonic()
                if command:
                    file.write(command.encode() + b"\r\n")
                    file.flush()
                reply = file.readline()
                self.replies.append(time.monotonic() - began)
                if reply[:1] not in (b"2", b"3"):
                    raise ValueError(f"{command}: {reply!r}")
                if command and command.endswith("."):
                    with self.lock:
                        self.sent[name] = time.monotonic()

    def watch(self):
        while True:
            self.collect()
            time.sleep(0.2)

    def collect(self):
        try:
            names = os.listdir(self.box)
        except FileNotFoundError:
            return
        for name in names:
            path = os.path.join(self.box, name)
            try:
                with open(path, "rb") as file:
                    found = re.search(rb"^Subject: (probe\d+)", file.read(), re.M)
                os.unlink(path)
            except OSError:
                continue
            with self.lock:
                probe = found.group(1).decode()
                self.twice += probe in self.seen
                self.seen.add(probe)
                self.deliveries[probe] = time.monotonic()

    def waits(self):
        with self.lock:
            return [max(0, self.deliveries[name] - began) for name, began in self.sent.items() if name in self.deliveries]

    def missing(self):
        with self.lock:
            return [name for name in self.sent if name not in self.seen]


def part(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--load", type=float, default=1.2, help="of saturation (default 1.2)")
    parser.add_argument("--measure", type=float, default=20, help="seconds to find the saturation (default 20)")
    parser.add_argument("--interval", type=float, default=30, help="seconds between two looks (default 30)")
    parser.add_argument("--system", choices=("ours", "postfix"), default="ours")
    parser.add_argument("--json", help="file for the results")
    arguments = parser.parse_args()
    base = tempfile.mkdtemp(prefix="mta-soak-", dir="/tmp")
    os.chmod(base, 0o755)
    port = bench.free_port()
    sink = bench.Sink(port)
    system = bench.System(arguments.system, base, port)
    shutil.rmtree(os.path.join(system.dir, "home"))
    os.makedirs(os.path.join(system.dir, "home/box"))
    for folder in ("home", "home/box"):
        os.chown(os.path.join(system.dir, folder), 1000, 1000)
    offer, user, looks, problems = Offer(system.port), None, [], []
    try:
        system.start()
        # Saturation: as many at once as there may be, until the time is over and all is delivered.
        began = time.monotonic()
        while time.monotonic() - began < arguments.measure:
            while len(offer.running) < 10:
                offer.running.append(offer.source())
            offer.reap()
            time.sleep(0.01)
        offer.reap(120)
        while sink.count() < offer.acknowledged and time.monotonic() - began < arguments.measure + 180:
            time.sleep(0.05)
        saturation = sink.count() / (time.monotonic() - began)
        rate = saturation * arguments.load
        before = look(system)
        print(f"{arguments.system}: {saturation:.0f} msg/s at saturation; {rate:.0f} msg/s are offered for {arguments.minutes:g} minutes\n", flush=True)
        print("| minute | msg/s delivered | queued | clients waiting | PSS MiB | descriptors | user: reply 95 %, s | user: delivery 95 %, s |\n|---|---|---|---|---|---|---|---|", flush=True)

        user = User(system)
        user.start()
        began = last = time.monotonic()
        arrived = sink.count()
        offered = [0]
        thread = threading.Thread(target=lambda: offered.__setitem__(0, offer.run(rate, arguments.minutes * 60)))
        thread.start()
        while thread.is_alive():
            thread.join(arguments.interval)
            now, total, programs = time.monotonic(), sink.count(), look(system)
            if now - last < arguments.interval / 2 and looks:
                break
            looks.append({"seconds": round(now - began, 1), "rate": (total - arrived) / (now - last), "queued": system.queued(), "programs": programs})
            print(f"| {(now - began) / 60:.1f} | {looks[-1]['rate']:.0f} | {looks[-1]['queued']} | {len(offer.running) * SESSIONS} | {sum(p['pss_kib'] for p in programs.values()) / 1024:.1f} "
                  f"| {sum(p['descriptors'] for p in programs.values())} | {part(user.replies, 0.95):.2f} | {part(user.waits(), 0.95):.2f} |", flush=True)
            arrived, last = total, now
        thread.join()

        # Recovery, by itself.
        ended = time.monotonic()
        offer.reap(120)
        user.over.set()
        while (system.queued() or user.missing() or sink.count() < offer.acknowledged) and time.monotonic() - ended < 300:
            time.sleep(0.2)
        drained = time.monotonic() - ended
        rest = time.monotonic()
        leaks = ["?"]
        while leaks and time.monotonic() - rest < 60:
            time.sleep(1)
            after = look(system)
            share = {name: max(1, values["processes"] / before[name]["processes"]) for name, values in after.items() if name in before}
            leaks = [f"{name}: {after[name]['descriptors']} descriptors, {before[name]['descriptors']} before" for name in share
                     if after[name]["descriptors"] > share[name] * before[name]["descriptors"] + 50]
            leaks += [f"{name}: {after[name]['pss_kib'] / 1024:.1f} MiB, {before[name]['pss_kib'] / 1024:.1f} before" for name in share
                      if after[name]["pss_kib"] > 2 * share[name] * before[name]["pss_kib"] + 8192]
        user.collect()
        arrived = sink.count()
        lost = max(0, offer.acknowledged - arrived) + len(user.missing())
        twice = max(0, arrived - offer.acknowledged - offer.unknown) + user.twice
        problems += [f"{lost} acknowledged messages lost"] * bool(lost) + [f"{twice} messages arrived twice"] * bool(twice) + leaks
        reply, delivery = part(user.replies, 0.95), part(user.waits(), 0.95)
        problems += [f"95 % of the other users' replies took up to {reply:.1f} s"] * (not reply <= REPLY_LIMIT)
        problems += [f"95 % of their deliveries took up to {delivery:.1f} s"] * (not delivery <= DELIVERY_LIMIT)
        problems += [f"the queue is not empty {drained:.0f} s after the end: {system.queued()}"] * bool(system.queued())
        third = len(looks) // 3
        growth = {}
        for name in looks[-1]["programs"] if third else ():
            first, end = (statistics.median(x["programs"].get(name, {"pss_kib": 0})["pss_kib"] for x in share) for share in (looks[third:2 * third], looks[-third:]))
            growth[name] = (first, end)
            if first and end > first * 1.25 and end > first + 8192:
                problems.append(f"{name}: memory grew from {first / 1024:.1f} to {end / 1024:.1f} MiB")
        result = {"system": arguments.system, "saturation": saturation, "offered_rate": rate, "offered": offered[0], "acknowledged": offer.acknowledged, "unknown": offer.unknown, "not_sent": offer.withheld,
                  "arrived": arrived, "lost": lost, "twice": twice, "probes": len(user.sent), "probe_failures": user.failures, "reply_95": reply, "reply_max": max(user.replies), "delivery_95": delivery,
                  "delivery_max": max(user.waits(), default=float("nan")), "drained_seconds": drained, "memory": growth, "looks": looks, "after": after, "refusals": offer.refusals[:5], "problems": problems}
        print(f"\noffered {offered[0]}, acknowledged {offer.acknowledged} (with the measurement), {offer.withheld} not sent because {MOST_SOURCES * SESSIONS} clients were waiting, {offer.unknown} in batches that ended early; arrived {arrived}\n"
              f"lost {lost}, twice {twice}; other users: {len(user.sent)} messages, {len(user.failures)} refused, reply 95 % {reply:.2f} s (longest {max(user.replies):.2f}), delivery 95 % {delivery:.2f} s (longest {result['delivery_max']:.2f})\n"
              f"memory of the largest: {max(growth.items(), key=lambda one: one[1][1], default=('-', (0, 0)))}; queue empty {drained:.0f} s after the end\n"
              f"soak {arguments.system}: {'FAILED: ' + '; '.join(problems) if problems else 'passed'}")
        if arguments.json:
            with open(arguments.json, "w") as file:
                json.dump(result, file, indent=2)
    finally:
        offer.kill()
        system.stop()
        system.account.close()
        sink.stop()
        shutil.rmtree(base, ignore_errors=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
