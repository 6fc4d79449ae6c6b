#!/usr/bin/env python3
"""Memory at rest: each process of an idle instance, and what it consists of.

    bench/memory.py [--system ours|postfix] [--wait SECONDS] [--json FILE]

One message is relayed and one delivered to a maildir; then nothing happens for a while. KiB of PSS: the program's own file
(shared by its processes), libraries, the managed heap and other anonymous memory, stacks, the rest. `private` is what would
be freed if the process ended. Needs root, Debian's postfix and the programs in out/.
"""

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import time

from bench import Sink, System, free_port, maildir, relay

KINDS = ("program", "libraries", "anonymous", "heap", "stack", "other")


def kind_of(line, program):
    place = line[73:].strip() if len(line) > 73 else ""
    if place == program:
        return "program"
    if ".so" in place:
        return "libraries"
    if place.startswith("[stack"):
        return "stack"
    if place == "[heap]":
        return "heap"
    return "anonymous" if not place or place.startswith("[anon") else "other"


def consists_of(pid):
    program = os.readlink(f"/proc/{pid}/exe")
    found = dict.fromkeys((*KINDS, "pss", "private", "rss"), 0)
    kind = None
    with open(f"/proc/{pid}/smaps") as f:
        for line in f:
            if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                kind = kind_of(line.rstrip("\n"), program)
                continue
            name, _, value = line.partition(":")
            if name == "Pss":
                found[kind] += int(value.split()[0])
                found["pss"] += int(value.split()[0])
            elif name in ("Private_Clean", "Private_Dirty"):
                found["private"] += int(value.split()[0])
            elif name == "Rss":
                found["rss"] += int(value.split()[0])
    found["threads"] = len(os.listdir(f"/proc/{pid}/task"))
    return os.path.basename(program), found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--system", choices=("ours", "postfix"), default="ours")
    parser.add_argument("--wait", type=float, default=5)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    base = tempfile.mkdtemp(prefix="mta-memory-", dir="/tmp")
    os.chmod(base, 0o755)
    port = free_port()
    sink = Sink(port)
    system = System(arguments.system, base, port)
    try:
        system.start()
        relay(system, sink, 1, 5)
        maildir(system, 1, 5)
        time.sleep(arguments.wait)
        rows = sorted((consists_of(pid) for pid in system.pids()), key=lambda row: -row[1]["pss"])
    finally:
        system.stop()
        system.account.close()
        sink.stop()
        shutil.rmtree(base, ignore_errors=True)
    columns = ("pss", "private", "rss", *KINDS, "threads")
    print("| process | " + " | ".join(columns) + " |\n|---" * 1 + "|---" * len(columns) + "|")
    for name, values in rows:
        print(f"| {name} | " + " | ".join(str(values[key]) for key in columns) + " |")
    print("| all | " + " | ".join(str(sum(values[key] for _, values in rows)) for key in columns) + " |")
    if arguments.json:
        with open(arguments.json, "w") as f:
            json.dump(rows, f, indent=2)


if __name__ == "__main__":
    sys.exit(main())
