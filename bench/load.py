#!/usr/bin/env python3
"""A load at saturation for minutes: what goes through, and whether memory and descriptors stay where they are.

    bench/load.py [--minutes 10] [--sessions 100] [--system ours] [--json FILE]

smtp-source runs without a pause; mail is relayed to smtp-sink and every tenth batch goes to a maildir. Once a minute: messages
that arrived, memory (PSS) of all processes and of each program, descriptors of each program. In the end everything that was
acknowledged has to be there, and no program may have grown from the first third to the last by more than --growth.
Needs root, Debian's postfix and the programs in out/.
"""

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from bench import Sink, System, free_port


def look(system):
    """{program: [processes, PSS in KiB, descriptors, threads]}"""
    found = collections.defaultdict(lambda: [0, 0, 0, 0])
    for pid in system.pids():
        try:
            program = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
            with open(f"/proc/{pid}/smaps_rollup") as f:
                memory = int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
            files = len(os.listdir(f"/proc/{pid}/fd"))
            threads = len(os.listdir(f"/proc/{pid}/task"))
        except (OSError, AttributeError):
            continue
        for i, value in enumerate((1, memory, files, threads)):
            found[program][i] += value
    return {name: dict(zip(("processes", "pss_kib", "descriptors", "threads"), values)) for name, values in sorted(found.items())}


class Sources:
    """Runs of smtp-source one after the other, until told to stop."""

    BATCH = 500

    def __init__(self, system, sessions):
        self.system, self.sessions = system, sessions
        self.relayed = self.delivered = 0
        self.failures = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        number = 0
        while not self.stopping.is_set():
            number += 1
            local = number % 10 == 0
            done = subprocess.run(["/usr/sbin/smtp-source", "-s", str(self.sessions), "-l", "4096", "-m", str(self.BATCH), "-f", "s@bench.test",
                                   "-t", "x@virt.test" if local else "r@far.test", f"127.0.0.1:{self.system.port}"], capture_output=True, text=True)
            if done.returncode:
                self.failures.append(done.stderr[-200:])
            elif local:
                self.delivered += self.BATCH
            else:
                self.relayed += self.BATCH

    def stop(self):
        self.stopping.set()
        self.thread.join()


def boxed(system):
    """Messages in the mailbox; they are taken away."""
    folder = os.path.join(system.dir, "home/box/new")
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return 0
    for name in names:
        os.unlink(os.path.join(folder, name))
    return len(names)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--interval", type=float, default=15, help="seconds between two looks (default 15: processes come and go, and their sizes swing)")
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--system", choices=("ours", "postfix"), default="ours")
    parser.add_argument("--growth", type=float, default=1.25, help="what a program may grow by (default 1.25), above 2 MiB and 20 descriptors")
    parser.add_argument("--json", help="file for the results")
    arguments = parser.parse_args()
    base = tempfile.mkdtemp(prefix="mta-load-", dir="/tmp")
    os.chmod(base, 0o755)
    port = free_port()
    sink = Sink(port)
    system = System(arguments.system, base, port)
    shutil.rmtree(os.path.join(system.dir, "home"))
    os.makedirs(os.path.join(system.dir, "home/box"))
    for folder in ("home", "home/box"):
        os.chown(os.path.join(system.dir, folder), 1000, 1000)
    looks, sources = [], None
    try:
        system.start()
        sources = Sources(system, arguments.sessions)
        began = last = time.monotonic()
        arrived = in_box = 0
        print("| minute | msg/s | queued | PSS MiB | descriptors | threads | largest |\n|---|---|---|---|---|---|---|", flush=True)
        while time.monotonic() - began < arguments.minutes * 60:
            time.sleep(max(0, last + arguments.interval - time.monotonic()))
            now = time.monotonic()
            in_box += boxed(system)
            total = sink.count() + in_box
            programs = look(system)
            looks.append({"seconds": round(now - began, 1), "rate": (total - arrived) / (now - last), "queued": system.queued(), "programs": programs})
            arrived, last = total, now
            sums = {key: sum(values[key] for values in programs.values()) for key in ("pss_kib", "descriptors", "threads")}
            largest = max(programs, key=lambda name: programs[name]["pss_kib"])
            print(f"| {(now - began) / 60:.1f} | {looks[-1]['rate']:.0f} | {looks[-1]['queued']} | {sums['pss_kib'] / 1024:.1f} | {sums['descriptors']} | {sums['threads']} "
                  f"| {largest} {programs[largest]['pss_kib'] / 1024:.1f} |", flush=True)
        sources.stop()
        deadline = time.monotonic() + 120
        while sink.count() + in_box < sources.relayed + sources.delivered and time.monotonic() < deadline:
            time.sleep(0.2)
            in_box += boxed(system)
        time.sleep(1)
        result = {"system": arguments.system, "sessions": arguments.sessions, "acknowledged": sources.relayed + sources.delivered,
                  "arrived": sink.count() + in_box, "failures": sources.failures, "looks": looks, "after": look(system)}
    finally:
        if sources:
            sources.stop()
        system.stop()
        system.account.close()
        sink.stop()
        shutil.rmtree(base, ignore_errors=True)

    problems = [f"{len(result['failures'])} runs of smtp-source failed: {result['failures'][0]}"] if result["failures"] else []
    if result["arrived"] < result["acknowledged"]:
        problems.append(f"{result['acknowledged']} acknowledged, {result['arrived']} arrived")
    third = len(looks) // 3
    if third:
        for name in looks[-1]["programs"]:
            # The least of many looks: sizes swing with the queue and between two collections, and a leak lifts the floor.
            for key, spare in (("pss_kib", 2048), ("descriptors", 20)):
                first, end = (min(x["programs"].get(name, {key: 0})[key] for x in part) for part in (looks[:third], looks[-third:]))
                if first and end > first * arguments.growth and end > first + spare:
                    problems.append(f"{name}: {key} grew from {first:.0f} to {end:.0f}")
    result["problems"] = problems
    print(f"{result['acknowledged']} acknowledged, {result['arrived']} arrived; " + ("; ".join(problems) or "memory and descriptors are stable"))
    if arguments.json:
        with open(arguments.json, "w") as f:
            json.dump(result, f, indent=2)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
