"""
The harness tried on systems that are broken on purpose. A run that finds nothing here proves nothing elsewhere.

control   every flush works, the power goes: nothing may be lost
removed   fsync(2) is answered with success and not made, the power goes: the harness must see acknowledged mail lost
honest    every fsync(2) fails with EIO: nothing may be acknowledged
trusting  the program is told success for every flush that failed, as the runtime's own flush does with EIO: the harness
          must see that mail was acknowledged although no flush worked, and that it is lost with the power
"""
import itertools
import os
import shutil
import signal
import threading

from faults import Tracer, wait_until
from power import Disks, PowerSweep, reason_why_not
from sweep import Report

FLUSHES = ("fsync", "fdatasync", "sync_file_range", "syncfs")
CASES = {
    "control": (None, True),
    "removed": ("retval=0", True),
    "honest": ("error=EIO", False),
    "trusting": ("retval=0", True),
}


def title(kind, system):
    return f"proof of the harness, {kind}, {system}"


def run_all(options, reports, kinds, systems=("ext4",), names=tuple(CASES)):
    if reason_why_not():
        print("SKIPPED LOUDLY: the harness is not proved: no power cuts here")
        return
    for kind, system in itertools.product(kinds, systems):
        if not shutil.which("mkfs." + system):
            print(f"SKIPPED LOUDLY: no mkfs.{system}: the harness is not proved on it")
            continue
        disks = []

        def prepare(instance):
            disks.append(Disks(instance.dir, system, "two"))
            instance.make_mailboxes()

        with options.run(kind, options.build, prepare, options.keep) as run:
            sweep = PowerSweep(run.instance, run.ledger, disks[0])
            report = reports[title(kind, system)] = Report()
            for name in names:
                fault, cuts = CASES[name]
                acknowledged, lost = one(sweep, disks[0], fault, cuts)
                report.cases += 1
                report.hits += fault is not None
                report.acknowledged += acknowledged
                verdict = {
                    "control": acknowledged > 0 and lost == 0,
                    "removed": lost > 0,
                    "honest": acknowledged == 0,
                    "trusting": acknowledged > 0 and lost > 0,
                }[name]
                print(f"proof {kind} {system} {name}: {acknowledged} acknowledged, {lost} recipients lost: {'as it must be' if verdict else 'WRONG'}", flush=True)
                if not verdict:
                    report.violations.append(f"proof {name}: {acknowledged} acknowledged, {lost} lost")


def one(sweep, disks, fault, cuts):
    """Messages accepted while the queue manager is held, with cleanup's flushes as said; then the power goes."""
    instance, ledger = sweep.instance, sweep.ledger
    warm = sweep.messages()
    sweep.send(warm)
    sweep.drain(warm)
    sweep.settle("proof, before", warm, faulty=False)
    os.sync()
    held = instance.pids("qmgr")
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    tracer = Tracer(instance.pids("cleanup"), FLUSHES, f"{','.join(FLUSHES)}:{fault}") if fault else None
    messages = [message for message in sweep.messages() if message.name != "submission"]
    load = threading.Thread(target=sweep.send, args=(messages,), daemon=True)
    load.start()
    load.join(60)
    if cuts:
        disks.cut()
    instance.kill_all()
    if tracer:
        tracer.detach()
    if cuts:
        disks.back(instance.kill_all)
    instance.start()
    acknowledged = [message for message in messages if message.state == "acknowledged"]
    # What is lost does not come back by waiting; what is in the queue arrives.
    if fault:
        wait_until(sweep.quiet, 6)
        instance.collect()
    else:
        sweep.drain(acknowledged)
    lost = ledger.pending(acknowledged)
    instance.new_log_lines()
    ledger.damage.clear()
    return len(acknowledged), len(lost)
