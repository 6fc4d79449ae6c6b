#!/usr/bin/env python3
"""
Breaks a mail system in every way that a machine breaks, and shows that what it promised came true.

  run.py            the short version, below a minute
  run.py --all      kill sweep, error sweep, power sweep, and the proof that the harness finds what is broken
"""
import argparse
import itertools
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from instance import Instance  # noqa: E402
from ledger import Ledger  # noqa: E402
from peers import Sink  # noqa: E402
from power import PowerSweep, reason_why_not  # noqa: E402
from sweep import VICTIMS, Report, Sweep  # noqa: E402
import proof  # noqa: E402


class Run:
    """An instance with its ledger and sink, gone at the end."""

    def __init__(self, kind, build, prepare=None, keep=False):
        self.dir = tempfile.mkdtemp(prefix=f"crash-{kind}-")
        os.chmod(self.dir, 0o755)
        self.keep = keep
        self.ledger = Ledger(os.path.join(self.dir, "ledger.jsonl"))
        self.sink = Sink(self.ledger)
        self.instance = Instance(kind, self.dir, build, self.ledger, self.sink.port)
        if prepare:
            prepare(self.instance)

    def __enter__(self):
        self.instance.start()
        return self

    def __exit__(self, *_):
        self.instance.stop()
        subprocess.run(f"umount -l {self.dir}/mnt-* {self.dir}/spool {self.dir}/mail", shell=True, capture_output=True)
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)
        else:
            print(f"kept: {self.dir}")


# One kill and, where it matters most, one error at each daemon on the way of a message.
SHORT_KILLS = (("smtpd", "recvfrom", 3), ("cleanup", "fsync", 1), ("qmgr", "rename", 2), ("trivial-rewrite", "sendto", 2),
               ("bounce", "fsync", 1), ("local", "fsync", 1), ("virtual", "fsync", 1), ("smtp", "sendto", 3),
               ("pickup", "unlink", 1), ("postdrop", "fsync", 1))
SHORT_ERRORS = (("cleanup", "fsync", 1, "EIO"), ("cleanup", "fsync", 1, "ENOSPC"), ("virtual", "fsync", 1, "EIO"),
                ("local", "fsync", 1, "ENOSPC"), ("bounce", "fsync", 1, "EIO"), ("postdrop", "write", 1, "EIO"))
LOAD_VICTIMS = ("smtpd", "cleanup", "qmgr", "local", "virtual", "smtp", "trivial-rewrite", "master")


def short(options, reports):
    if {"load", "kill", "error"} & set(options.sweeps):
        with Run("ours", options.build, keep=options.keep) as run:
            sweep = Sweep(run.instance, run.ledger, options.verbose)
            if "load" in options.sweeps:
                sweep.load_case(LOAD_VICTIMS)
            if "kill" in options.sweeps:
                for victim, call, number in SHORT_KILLS:
                    sweep.case(victim, call, number, "KILL")
            if "error" in options.sweeps:
                for case in SHORT_ERRORS:
                    sweep.case(*case)
            reports["kills and errors, ours"] = sweep.report
    if "power" in options.sweeps:
        PowerSweep.run_all(options, reports, kinds=("ours",), systems=("ext4",), layouts=("two",), cuts=3, first=3)
    if "proof" in options.sweeps:
        proof.run_all(options, reports, kinds=("ours",), names=("control", "removed"))


def pieces(options):
    """The whole sweeps in pieces that need nothing of each other: (name of the report, function, its arguments)."""
    for kind in options.kinds:
        for name in ("kill", "error"):
            if name in options.sweeps:
                for victim in options.victims:
                    yield f"{name} sweep, {kind}", sweep_piece, (kind, name, victim)
    if "power" in options.sweeps and not reason_why_not():
        for kind, system, layout in itertools.product(options.kinds, ("ext4", "xfs"), ("one", "two")):
            yield PowerSweep.title(kind, system, layout), power_piece, (kind, system, layout)
    if "proof" in options.sweeps:
        for kind, system in itertools.product(options.kinds, ("ext4", "xfs")):
            yield proof.title(kind, system), proof_piece, (kind, system)


def sweep_piece(options, kind, name, victim):
    with Run(kind, options.build, keep=options.keep) as run:
        sweep = Sweep(run.instance, run.ledger, options.verbose)
        (sweep.kill_sweep if name == "kill" else sweep.error_sweep)([victim], options.depth)
        return sweep.report


def power_piece(options, kind, system, layout):
    found = {}
    PowerSweep.run_all(options, found, kinds=(kind,), systems=(system,), layouts=(layout,), cuts=options.cuts)
    return found.popitem()[1] if found else Report()


def proof_piece(options, kind, system):
    found = {}
    proof.run_all(options, found, kinds=(kind,), systems=(system,))
    return found.popitem()[1] if found else Report()


def play(piece):
    """One piece in a process of its own; what breaks it is a finding, not the end of the others."""
    options, title, function, arguments = piece
    try:
        return title, function(options, *arguments)
    except Exception:
        report = Report()
        report.violations.append(f"{', '.join(arguments)}: the sweep broke: {traceback.format_exc()}")
        print(f"VIOLATION {report.violations[-1]}", flush=True)
        return title, report


def whole(options, reports):
    work = [(options, *piece) for piece in pieces(options)]
    with multiprocessing.Pool(options.jobs, maxtasksperchild=1) as pool:
        for title, report in pool.imap_unordered(play, work, chunksize=1):
            reports.setdefault(title, Report()).add(report)


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(77)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true", help="the whole sweeps, both mail systems")
    parser.add_argument("--build", default=os.environ.get("MTA_BUILD") or os.path.join(os.path.dirname(__file__), "..", "..", "out"))
    parser.add_argument("--kinds", default="ours,debian", type=lambda text: text.split(","))
    parser.add_argument("--sweeps", default="load,kill,error,power,proof", type=lambda text: text.split(","))
    parser.add_argument("--victims", default=VICTIMS, type=lambda text: text.split(","))
    parser.add_argument("--depth", default=4, type=int, help="places per system call")
    parser.add_argument("--jobs", default=1, type=int, help="instances beside each other; most cases wait")
    parser.add_argument("--cuts", default=40, type=int, help="power cuts per file system and layout")
    parser.add_argument("--keep", action="store_true", help="leave the instances' directories for a look")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    if os.geteuid() != 0:
        skip("the crash suite needs root (accounts, strace, loop mounts)")
    if not shutil.which("strace"):
        skip("strace is not installed")
    if not shutil.which("postfix", path="/usr/sbin") and "debian" in options.kinds:
        print("SKIPPED: Debian's postfix is not installed: only ours is tried")
        options.kinds.remove("debian")
    if "MTA_CRASH_MOUNTS" not in os.environ and shutil.which("unshare"):
        # Mounts of our own: nobody else's namespace keeps a file system alive that has been cut off.
        os.environ["MTA_CRASH_MOUNTS"] = "private"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])
    multiprocessing.set_start_method("fork")
    options.run, started, reports = Run, time.monotonic(), {}
    why = reason_why_not()
    if why and {"power", "proof"} & set(options.sweeps):
        if not {"load", "kill", "error"} & set(options.sweeps):
            skip(f"no power cuts: {why}")
        print(f"SKIPPED LOUDLY: no power cuts: {why}")
    (whole if options.all else short)(options, reports)
    print(f"\n{time.monotonic() - started:.0f} s")
    bad = 0
    for name, report in reports.items():
        report.end()
        print(f"{name}: {report.line()}")
        bad += len(report.violations)
        for text in report.violations:
            print(f"    {text}")
    print("crash suite: " + ("FAILED" if bad else "passed"))
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
