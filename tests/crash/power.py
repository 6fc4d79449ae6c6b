"""Power cuts: file systems on loop devices that lose all that was not flushed (the shutdown call of ext4 and XFS)."""
import fcntl
import os
import random
import shutil
import struct
import subprocess
import threading
import time

from faults import Tracer, wait_until
from sweep import Sweep

SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, 2
POINTS = (("cleanup", "fsync"), ("cleanup", "fchmod"), ("cleanup", "write"), ("qmgr", "rename"), ("qmgr", "renameat2"),
          ("qmgr", "ftruncate"), ("cleanup", "renameat2"), ("cleanup", "ftruncate"), ("qmgr", "unlink"), ("virtual", "fsync"),
          ("virtual", "link"), ("virtual", "unlink"), ("local", "fsync"), ("local", "pwrite64"), ("smtp", "pwrite64"), ("smtp", "sendto"), ("bounce", "fsync"), ("pickup", "unlink"), (None, None))


def make(path, system, mount, options):
    with open(path, "wb") as image:
        image.truncate(400 << 20)
    subprocess.run(["mkfs." + system, "-q", *(["-F"] if system == "ext4" else ["-f"]), path], check=True, capture_output=True)
    os.makedirs(mount, exist_ok=True)
    subprocess.run(["mount", "-o", options, path, mount], check=True, capture_output=True)


def reason_why_not():
    """None when power cuts work here."""
    if os.geteuid() != 0:
        return "not root"
    if not shutil.which("mkfs.ext4"):
        return "no mkfs.ext4"
    directory = subprocess.run(["mktemp", "-d"], capture_output=True, text=True).stdout.strip()
    try:
        make(f"{directory}/image", "ext4", f"{directory}/mount", "loop,commit=600")
        cut(f"{directory}/mount")
        return None
    except (OSError, subprocess.CalledProcessError) as error:
        return f"a loop-mounted ext4 cannot be shut down here ({error})"
    finally:
        subprocess.run(["umount", "-l", f"{directory}/mount"], capture_output=True)
        shutil.rmtree(directory, ignore_errors=True)


def cut(mount):
    descriptor = os.open(mount, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, SHUTDOWN, bytearray(struct.pack("I", NO_LOG_FLUSH)))
    finally:
        os.close(descriptor)


class Disks:
    """Queue and mailboxes of an instance on one or two loop-mounted file systems."""

    def __init__(self, directory, system, layout):
        self._options = "loop,commit=600" if system == "ext4" else "loop"
        self.mounts = []
        for name in (("one",) if layout == "one" else ("spool", "mail")):
            image, mount = f"{directory}/{name}.img", f"{directory}/{'mnt-one' if name == 'one' else name}"
            make(image, system, mount, self._options)
            self.mounts.append((image, mount))
        if layout == "one":
            for name in ("spool", "mail"):
                os.makedirs(f"{directory}/mnt-one/{name}")
                os.makedirs(f"{directory}/{name}", exist_ok=True)
                subprocess.run(["mount", "--bind", f"{directory}/mnt-one/{name}", f"{directory}/{name}"], check=True)
        self._binds = [(f"{directory}/mnt-one/{name}", f"{directory}/{name}") for name in ("spool", "mail")] if layout == "one" else []

    def cut(self):
        for _, mount in self.mounts:
            cut(mount)

    def back(self, clear):
        """clear ends processes that still hold a file system; a submission may have begun after the others ended."""
        for _, mount in [*self._binds, *self.mounts]:
            for _ in range(600):
                if subprocess.run(["umount", mount], capture_output=True).returncode == 0:
                    break
                clear()
                time.sleep(0.05)
            else:
                raise RuntimeError(f"cannot unmount {mount}")
        for image, mount in self.mounts:
            subprocess.run(["mount", "-o", self._options, image, mount], check=True)
        for source, mount in self._binds:
            subprocess.run(["mount", "--bind", source, mount], check=True)


class PowerSweep(Sweep):
    def __init__(self, instance, ledger, disks, verbose=False):
        super().__init__(instance, ledger, verbose)
        self.disks = disks

    def power_case(self, victim, call, number):
        """Messages flow; at the given call everything stops and the power goes."""
        instance, report = self.instance, self.report
        label = f"{instance.kind} power cut at {victim or 'a random moment'} {call or ''}#{number}"
        report.cases += 1
        messages = [message for _ in range(2) for message in self.messages()]
        if instance.kind != "ours":
            # Postfix's postdrop tries for half a minute to make a file on a disk that is gone.
            messages = [message for message in messages if message.name != "submission"]
        os.sync()       # what earlier cases left is no part of this one
        tracer = None
        if victim:
            self.warm(victim)
            tracer = Tracer(instance.pids(victim), (call,), f"{call}:signal=STOP:when={number}")
        load = threading.Thread(target=self.send, args=(messages,), daemon=True)
        load.start()
        if tracer:
            met = wait_until(lambda: "SIGSTOP" in tracer.text() or not load.is_alive() and self.quiet(), 4, 0.004) and "SIGSTOP" in tracer.text()
        else:
            time.sleep(random.uniform(0.05, 1.5))
            met = True
        # A flush that races with the shutdown of XFS may report success and be lost, without any mail system: nothing
        # is in flight when the power goes.
        instance.stop_all()
        self.disks.cut()
        instance.kill_all()
        if tracer:
            tracer.detach()
        load.join()
        self.disks.back(instance.kill_all)
        instance.start()
        report.hits += met
        drained = self.drain(messages)
        # A cut undoes renames, removals and marks that were not flushed: and of removals in maildrop: each doubles once.
        self.settle(label, messages, faulty=True, drained=drained, allowed=3)

    def quiet(self):
        return not any(complete for _, complete in self.instance.queue())

    @staticmethod
    def title(kind, system, layout):
        return f"power sweep, {kind}, {system}, queue and mailboxes on {layout} file system{'s' if layout == 'two' else ''}"

    @staticmethod
    def run_all(options, reports, kinds, systems, layouts, cuts, first=0):
        if reason_why_not():
            return
        for kind in kinds:
            for system in systems:
                if not shutil.which("mkfs." + system):
                    print(f"SKIPPED LOUDLY: no mkfs.{system}: no power cuts on it")
                    continue
                for layout in layouts:
                    disks = []

                    def prepare(instance):
                        disks.append(Disks(instance.dir, system, layout))
                        instance.make_mailboxes()

                    with options.run(kind, options.build, prepare, options.keep) as run:
                        sweep = PowerSweep(run.instance, run.ledger, disks[0], options.verbose)
                        reports[PowerSweep.title(kind, system, layout)] = sweep.report
                        for turn in range(cuts):
                            victim, call = POINTS[(first + turn) % len(POINTS)]
                            sweep.power_case(victim, call, 1 + turn // len(POINTS) * 2)
                        print(f"power {kind} {system} {layout}: {sweep.report.line()}", flush=True)
