"""Faults at system calls, by strace: killed, stopped, or answered with an error at the N-th call of a kind."""
import collections
import os
import re
import signal
import subprocess
import tempfile
import threading
import time

CALLS = ("openat", "read", "write", "pwrite64", "writev", "fchmod", "fsync", "fdatasync", "close", "rename", "renameat2",
         "link", "linkat", "unlink", "unlinkat", "ftruncate", "sendto", "sendmsg", "recvfrom", "recvmsg", "flock", "fcntl",
         "utimensat", "connect", "accept4", "accept", "mkdir", "pread64", "newfstatat", "poll", "epoll_wait")
KILL_CALLS = tuple(call for call in CALLS if call not in ("newfstatat", "poll", "epoll_wait"))

# No EAGAIN where data flows: who waits for an edge waits for one that the kernel never owed.
ERRORS = {
    "openat": ("EIO", "ENOSPC", "EDQUOT", "EMFILE", "ENOMEM", "EINTR"),
    "write": ("EIO", "ENOSPC", "EDQUOT", "EINTR"), "pwrite64": ("EIO", "ENOSPC", "EDQUOT", "EINTR"),
    "writev": ("EIO", "ENOSPC", "EDQUOT", "EINTR"),
    "read": ("EIO", "EINTR", "ENOMEM"), "pread64": ("EIO", "EINTR"),
    "fchmod": ("EIO", "EINTR"), "fsync": ("EIO", "ENOSPC", "EDQUOT", "EINTR"), "fdatasync": ("EIO", "ENOSPC", "EDQUOT"),
    "close": ("EIO", "ENOSPC", "EDQUOT"),
    "rename": ("EIO", "ENOSPC", "EDQUOT", "ENOMEM"), "renameat2": ("EIO", "ENOSPC", "EDQUOT"),
    "link": ("EIO", "ENOSPC", "EDQUOT"), "linkat": ("EIO", "ENOSPC", "EDQUOT"),
    "unlink": ("EIO", "ENOMEM"), "unlinkat": ("EIO", "ENOMEM"), "ftruncate": ("EIO", "EINTR"),
    "sendto": ("ENOMEM", "EINTR"), "sendmsg": ("ENOMEM", "EINTR"),
    "recvfrom": ("ENOMEM", "EINTR"), "recvmsg": ("ENOMEM", "EINTR"),
    "flock": ("EINTR", "ENOMEM", "EIO"), "fcntl": ("ENOMEM", "EINTR"), "utimensat": ("EIO", "ENOSPC"),
    "connect": ("EAGAIN", "ENOMEM", "EINTR"), "accept4": ("EMFILE", "ENOMEM", "EINTR", "EAGAIN"),
    "accept": ("EMFILE", "ENOMEM", "EINTR", "EAGAIN"), "mkdir": ("EIO", "ENOSPC"), "newfstatat": ("EIO", "ENOMEM"),
    "poll": ("EINTR", "ENOMEM"), "epoll_wait": ("EINTR",),
}


class Tracer:
    """strace on running processes. Counts are per thread, from the moment of attaching."""

    def __init__(self, pids, calls, inject=None, follow=True):
        self._output = tempfile.NamedTemporaryFile(prefix="crash-strace-", suffix=".txt")
        command = ["strace", *(["-f"] if follow else []), "-o", self._output.name, "-e", "trace=" + ",".join(calls)]
        if inject:
            command += ["-e", "inject=" + inject]
        if not follow:
            pids = [int(task) for pid in pids for task in os.listdir(f"/proc/{pid}/task")]
        self.pids = pids
        self._process = subprocess.Popen(command + [word for pid in pids for word in ("-p", str(pid))],
                                         stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        attached, count = threading.Event(), [0]

        def listen():
            for line in self._process.stderr:
                if b"attached" in line:
                    count[0] += 1
                    if count[0] >= len(pids):
                        attached.set()
            attached.set()

        threading.Thread(target=listen, daemon=True).start()
        attached.wait(10)

    def hit(self):
        """Whether the fault has been met."""
        text = self.text()
        return "(INJECTED)" in text or "killed by SIGKILL" in text or "SIGSTOP" in text

    def ended(self):
        return self._process.poll() is not None

    def text(self):
        with open(self._output.name, "rb") as file:
            return file.read().decode("latin-1")

    def counts(self):
        """Calls seen: name -> the most that one thread made."""
        seen = collections.Counter()
        for line in self.text().splitlines():
            if match := re.match(r"(\d+)\s+(\w+)\(", line):
                seen[match.group(1), match.group(2)] += 1
            elif match := re.match(r"(\w+)\(", line):
                seen["", match.group(1)] += 1
        most = {}
        for (_, call), number in seen.items():
            most[call] = max(most.get(call, 0), number)
        return most

    def detach(self):
        if not self.ended():
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._output.close()


def wait_until(condition, limit, pause=0.03):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
