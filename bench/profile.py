#!/usr/bin/env python3
"""Where a message's time goes: system calls, switches, CPU and functions per message and process, Debian's Postfix and ours.

    bench/profile.py [--messages 400] [--sessions 20] [--systems postfix,ours] [--top 12] [--functions 25] [--json FILE]

Four passes over the same relay load, each on a fresh number of messages, since each tool slows what it looks at:
  CPU      user and system time of each program (of /proc), context switches, page faults; nothing attached
  calls    strace -c -f on every process: system calls per message by program, and those that returned an error
  flushes  counts of fsync and fdatasync of the same pass, which is what an acknowledgement waits for
  where    perf with cpu-clock: the share of each program, kernel or user, and the functions with the most samples
Needs root, strace, perf (optional), Debian's postfix and the programs in out/.
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
import time

from bench import TICK, Sink, System, free_port, relay


def programs(system):
    """{pid: program}"""
    found = {}
    for pid in system.pids():
        try:
            found[pid] = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
        except OSError:
            pass
    return found


def usage(system):
    """{program: (user s, system s, voluntary switches, involuntary switches, minor faults)}, of all threads."""
    total = collections.defaultdict(lambda: [0.0] * 5)
    for pid, name in programs(system).items():
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            values = [int(fields[11]) / TICK, int(fields[12]) / TICK, 0, 0, int(fields[7])]
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/status") as f:
                    text = f.read()
                values[2] += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M).group(1))
                values[3] += int(re.search(r"^nonvoluntary_ctxt_switches:\s+(\d+)", text, re.M).group(1))
        except OSError:
            continue
        for i, value in enumerate(values):
            total[name][i] += value
    return total


def cpu_pass(system, sink, sessions, messages):
    before, account = usage(system), system.cpu()
    figures = relay(system, sink, sessions, messages)
    time.sleep(0.3)
    after = usage(system)
    return figures["rate"], (system.cpu() - account) / messages * 1e6, {
        name: [(now - then) / messages for now, then in zip(values, before.get(name, [0] * 5))] for name, values in after.items()}


def attach(words, pids):
    process = subprocess.Popen([*words, *(word for pid in pids for word in ("-p", str(pid)))], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(2)
    return process


def calls_pass(system, sink, sessions, messages, folder):
    """{program: {call: (calls, errors) per message}}: one strace for each program, so that the counts stay apart."""
    kinds = collections.defaultdict(list)
    for pid, name in programs(system).items():
        kinds[name].append(pid)
    tracers = []
    for name, pids in kinds.items():
        tracers.append((name, attach(["strace", "-c", "-f", "-q", "-U", "name,calls,errors", "-o", os.path.join(folder, name + ".calls")], pids)))
    relay(system, sink, sessions, messages)
    time.sleep(0.5)
    found = {}
    for name, tracer in tracers:
        tracer.terminate()
        tracer.wait()
        counts = {}
        with open(os.path.join(folder, name + ".calls"), errors="replace") as f:
            for line in f:
                fields = line.split()
                if len(fields) >= 2 and fields[1].isdigit() and fields[0] != "total":
                    counts[fields[0]] = (int(fields[1]) / messages, (int(fields[2]) if len(fields) > 2 else 0) / messages)
        if counts:
            found[name] = counts
    return found


def perf_pass(system, sink, sessions, messages, folder, most):
    """([(program, kernel share, user share)], [(share, program, object, function)]) in percent of all samples."""
    path = os.path.join(folder, "perf.data")
    pids = ",".join(map(str, system.pids()))
    recorder = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "-p", pids, "-o", path],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    relay(system, sink, sessions, messages)
    recorder.terminate()
    recorder.wait()
    names = programs(system)
    script = subprocess.run(["perf", "script", "-i", path, "-F", "pid,ip,sym,dso"], capture_output=True, text=True, errors="replace", timeout=300).stdout
    shares, functions, total = collections.Counter(), collections.Counter(), 0
    for line in script.splitlines():
        match = re.match(r"\s*(\d+)\s+[0-9a-f]+\s+(.*?)\s+\((.*)\)\s*$", line)
        if not match:
            continue
        name, function, place = names.get(int(match.group(1)), "ended"), match.group(2), os.path.basename(match.group(3))
        kernel = "kernel" in place or place.startswith("[")
        total += 1
        shares[name, kernel] += 1
        functions[name, "kernel" if kernel else place, function] += 1
    if not total:
        return [], []
    percent = lambda count: 100 * count / total
    rows = [(name, percent(shares[name, True]), percent(shares[name, False])) for name in sorted({name for name, _ in shares})]
    return sorted(rows, key=lambda r: -r[1] - r[2]), [(percent(count), *key) for key, count in functions.most_common(most)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=400)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--systems", default="postfix,ours")
    parser.add_argument("--top", type=int, default=12, help="system calls shown for each program")
    parser.add_argument("--functions", type=int, default=25)
    parser.add_argument("--json", help="file for the results")
    arguments = parser.parse_args()
    base = tempfile.mkdtemp(prefix="mta-profile-", dir="/tmp")
    os.chmod(base, 0o755)
    port = free_port()
    sink = Sink(port)
    results = {"messages": arguments.messages, "sessions": arguments.sessions}
    try:
        for kind in arguments.systems.split(","):
            system = System(kind, base, port)
            # Processes that retire in the middle would take their counts along.
            system.set("max_use", "1000000")
            try:
                system.start()
                relay(system, sink, arguments.sessions, max(100, arguments.sessions * 4))
                rate, micros, used = cpu_pass(system, sink, arguments.sessions, arguments.messages)
                calls = calls_pass(system, sink, arguments.sessions, arguments.messages, base)
                shares, functions = perf_pass(system, sink, arguments.sessions, arguments.messages, base, arguments.functions) if shutil.which("perf") else ([], [])
            finally:
                system.stop()
                system.account.close()
            results[kind] = {"rate": rate, "cpu_us": micros, "programs": used, "calls": calls, "shares": shares, "functions": functions}
            print(f"\n## {kind}: {rate:.0f} msg/s, {micros:.0f} us of CPU for each message\n")
            print("| program | user us | system us | waits | pushed off | page faults | system calls | of them in error |\n|---|---|---|---|---|---|---|---|")
            for name in sorted(used, key=lambda n: -used[n][0] - used[n][1]):
                user, kernel, waits, pushed, faults = used[name]
                count = sum(c for c, _ in calls.get(name, {}).values())
                errors = sum(e for _, e in calls.get(name, {}).values())
                if user + kernel + count > 0.01:
                    print(f"| {name} | {user * 1e6:.0f} | {kernel * 1e6:.0f} | {waits:.1f} | {pushed:.1f} | {faults:.1f} | {count:.1f} | {errors:.1f} |")
            sums = [sum(values[i] for values in used.values()) for i in range(5)]
            print(f"| all | {sums[0] * 1e6:.0f} | {sums[1] * 1e6:.0f} | {sums[2]:.1f} | {sums[3]:.1f} | {sums[4]:.1f} | "
                  f"{sum(c for v in calls.values() for c, _ in v.values()):.1f} | {sum(e for v in calls.values() for _, e in v.values()):.1f} |")
            flushes = sum(v.get(call, (0, 0))[0] for v in calls.values() for call in ("fsync", "fdatasync"))
            print(f"\nflushes for each message: {flushes:.2f}\n\nsystem calls for each message:")
            for name in sorted(calls, key=lambda n: -sum(c for c, _ in calls[n].values())):
                top = sorted(calls[name].items(), key=lambda item: -item[1][0])[:arguments.top]
                if top and top[0][1][0] >= 0.05:
                    print(f"  {name}: " + ", ".join(f"{call} {count:.1f}" for call, (count, _) in top if count >= 0.05))
            if shares:
                print("\nsamples, percent: " + ", ".join(f"{name} {kernel + user:.0f} (kernel {kernel:.0f}, user {user:.0f})" for name, kernel, user in shares if kernel + user >= 0.5))
                for share, name, place, function in functions:
                    print(f"  {share:5.1f}  {name:16} {place:24} {function}")
            sys.stdout.flush()
    finally:
        sink.stop()
        shutil.rmtree(base, ignore_errors=True)
    if arguments.json:
        with open(arguments.json, "w") as f:
            json.dump(results, f, indent=2)


if __name__ == "__main__":
    main()
