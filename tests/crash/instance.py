"""A private instance of either mail system, its processes and its mailboxes."""
import glob
import hashlib
import os
import pwd
import random
import re
import signal
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.join(HERE, "..", "tools")
USER = "games"              # an account of every Debian system; owner of the mailbox file
ROOTS = {"master", "local", "virtual", "pipe", "spawn"}
QUEUES = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")


_ports = set()


def free_port():
    """A port that nobody listens at, never the same twice, and none that the kernel gives to clients."""
    while True:
        port = random.randrange(10_000, 32_000)
        if port in _ports:
            continue
        try:
            with socket.create_server(("127.0.0.1", port)):
                _ports.add(port)
                return port
        except OSError:
            continue


class Instance:
    def __init__(self, kind, directory, build, ledger, relay_port):
        self.kind, self.dir, self.ledger = kind, directory, ledger
        self.port = free_port()
        self.etc, self.spool, self.mail = (os.path.join(directory, name) for name in ("etc", "spool", "mail"))
        if kind == "ours":
            self._run(os.path.join(TOOLS, "make-instance"), directory, str(self.port), build)
            self.commands = os.path.join(directory, "sbin")
        else:
            self._run(os.path.join(TOOLS, "postfix-instance"), directory, str(self.port), str(relay_port))
            self.commands = "/usr/sbin"
        os.chmod(directory, 0o755)
        with open(os.path.join(self.etc, "mailboxes"), "w") as table:
            table.write("/^mbox@/ vbox\n/./ box/\n")
        self.set(mail_spool_directory=f"{self.mail}/spool", local_recipient_maps="", alias_maps="", alias_database="",
                 relayhost=f"[127.0.0.1]:{relay_port}", virtual_mailbox_domains="virt.test",
                 virtual_mailbox_base=f"{self.mail}/virtual", virtual_mailbox_maps=f"regexp:{self.etc}/mailboxes",
                 virtual_minimum_uid="1", virtual_uid_maps=f"static:{pwd.getpwnam(USER).pw_uid}",
                 virtual_gid_maps=f"static:{pwd.getpwnam(USER).pw_gid}", notify_classes="", biff="no",
                 service_throttle_time="1s", transport_retry_time="1s", minimal_backoff_time="1s",
                 maximal_backoff_time="2s", queue_run_delay="2s", fast_flush_domains="far.example",
                 smtpd_client_connection_count_limit="1000", smtpd_client_event_limit_exceptions="",
                 destination_concurrency_failed_cohort_limit="0", default_destination_concurrency_failed_cohort_limit="0",
                 smtp_connection_cache_on_demand="no", in_flow_delay="0", stale_lock_time="2s", ipc_timeout="20s", maillog_file_prefixes=directory)
        self.look_often()
        self.make_mailboxes()
        self._log_seen = 0

    def set(self, **values):
        path = os.path.join(self.etc, "main.cf")
        with open(path) as file:
            lines = [line for line in file.read().splitlines() if line.split("=")[0].strip() not in values]
        with open(path, "w") as file:
            file.write("\n".join(lines + [f"{name} = {value}" for name, value in values.items()]) + "\n")

    def look_often(self, seconds=2):
        """pickup looks for mail on its own, as the queue manager does: a lost word about a submission delays it by that."""
        path = os.path.join(self.etc, "master.cf")
        with open(path) as file:
            text = re.sub(r"(?m)^(pickup +unix +n +- +n +)60 ", rf"\g<1>{seconds} ", file.read())
        with open(path, "w") as file:
            file.write(text)

    def make_mailboxes(self):
        os.makedirs(os.path.join(self.mail, "spool"), exist_ok=True)
        os.makedirs(os.path.join(self.mail, "virtual"), exist_ok=True)
        os.chmod(os.path.join(self.mail, "spool"), 0o1777)
        os.chmod(self.mail, 0o755)
        user = pwd.getpwnam(USER)
        os.chown(os.path.join(self.mail, "virtual"), user.pw_uid, user.pw_gid)

    def start(self):
        for _ in range(3):
            # Into a file: a pipe would be read until the last daemon has let go of it.
            with open(os.path.join(self.dir, "start.txt"), "w+") as output:
                status = subprocess.run([os.path.join(self.commands, "postfix"), "-c", self.etc, "start"],
                                        stdout=output, stderr=output, timeout=60).returncode
                output.seek(0)
                said = output.read()
            if status == 0:
                break
            time.sleep(0.5)
        else:
            raise RuntimeError(f"start failed: {said}{self.log()[-2000:]}")
        self.wait_for_greeting()

    def wait_for_greeting(self, limit=20):
        end = time.monotonic() + limit
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as peer:
                    peer.settimeout(5)
                    if peer.recv(200).startswith(b"220"):
                        return
            except OSError:
                pass
            if time.monotonic() > end:
                raise RuntimeError("I11: no greeting within 20 s of the start\n" + self.log()[-1500:])
            time.sleep(0.05)

    def stop(self):
        subprocess.run([os.path.join(self.commands, "postfix"), "-c", self.etc, "stop"], capture_output=True, timeout=60)
        self.kill_all()

    def flush(self):
        subprocess.run([os.path.join(self.commands, "postqueue"), "-c", self.etc, "-f"], capture_output=True, timeout=20)

    def sendmail(self, message, prefix=()):
        """Exit status of sendmail(1), which strace may stand before; None when it does not end."""
        command = [*prefix, os.path.join(self.commands if self.kind == "ours" else "/usr/sbin", "sendmail"),
                   "-C", self.etc, "-i", "-f", message.sender, "--", *message.recipients]
        try:
            return subprocess.run(command, input=message.text, capture_output=True, timeout=30).returncode
        except subprocess.TimeoutExpired:
            return None

    # -- processes

    def processes(self):
        """(pid, program) of everything that belongs to this instance."""
        parents, names, found = {}, {}, set()
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", "rb") as file:
                    head, _, tail = file.read().rpartition(b")")
                if tail.split()[0] in (b"Z", b"X"):
                    continue
                pid = int(entry)
                parents[pid], names[pid] = int(tail.split()[1]), os.path.basename(os.readlink(f"/proc/{entry}/exe").removesuffix(" (deleted)"))
                if os.readlink(f"/proc/{entry}/cwd").startswith(self.spool) and names[pid] != "strace":
                    found.add(pid)
            except OSError:
                continue
        grown = True
        while grown:
            more = {pid for pid, parent in parents.items() if parent in found and names[pid] != "strace"} - found
            found |= more
            grown = bool(more)
        return [(pid, names[pid]) for pid in sorted(found)]

    def pids(self, program):
        return [pid for pid, name in self.processes() if name == program]

    def kill_all(self):
        """Kill -9 for everybody, master first, until nobody is left."""
        end = time.monotonic() + 15
        while processes := self.processes():
            for pid, _ in sorted(processes, key=lambda process: process[1] != "master"):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if time.monotonic() > end:
                raise RuntimeError(f"processes that kill -9 does not end: {processes}")
            time.sleep(0.02)

    def stop_all(self):
        """Holds every process where it is; calls that are under way end first."""
        end = time.monotonic() + 3
        while time.monotonic() < end:
            running = 0
            for pid, _ in self.processes():
                try:
                    os.kill(pid, signal.SIGSTOP)
                    for task in os.listdir(f"/proc/{pid}/task"):
                        with open(f"/proc/{pid}/task/{task}/stat", "rb") as file:
                            running += file.read().rpartition(b")")[2].split()[0] not in (b"T", b"t", b"Z")
                except OSError:
                    continue
            if not running:
                return
            time.sleep(0.005)

    def identities(self):
        """I8: every process with an identity that it should not have."""
        owner, wrong = str(pwd.getpwnam("postfix").pw_uid), []
        for pid, name in self.processes():
            if name in ROOTS or name in ("postfix-script", "sh", "run-as", "strace", "postqueue", "postdrop", "sendmail", "postlog"):
                continue
            # Between its start and its first client a daemon may not have changed yet.
            end = time.monotonic() + 10
            while True:
                try:
                    with open(f"/proc/{pid}/status") as file:
                        status = dict(line.split(":", 1) for line in file if ":" in line)
                except OSError:
                    break       # it has ended
                if set(status["Uid"].split()) == {owner} and not int(status["CapEff"], 16):
                    break
                if time.monotonic() > end:
                    wrong.append(f"I8: {name} runs with uids {status['Uid'].split()}, capabilities {status['CapEff'].strip()}")
                    break
                time.sleep(0.1)
        return wrong

    def descriptors(self, program):
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids(program))

    # -- files

    def queue(self):
        """Message files: (path, is complete)."""
        found = []
        for name in QUEUES:
            for path in glob.glob(f"{self.spool}/{name}/**", recursive=True):
                try:
                    status = os.lstat(path)
                except OSError:
                    continue
                if not os.path.isdir(path):
                    found.append((path, bool(status.st_mode & 0o100)))
        return found

    def collect(self):
        """Takes the mail out of the mailboxes and into the ledger. Only while nothing is being delivered."""
        for path in glob.glob(f"{self.mail}/virtual/box/new/*"):
            self._arrived("maildir", self._read(path))
            os.unlink(path)
        for path in (f"{self.mail}/virtual/vbox", f"{self.mail}/spool/{USER}"):
            if os.path.exists(path):
                content = self._read(path)
                os.unlink(path)
                if content and not (content.startswith(b"From ") and content.endswith(b"\n\n")):
                    self.ledger.damage.append(f"I3: {path}: begins {content[:40]!r}, ends {content[-40:]!r}")
                for piece in re.split(rb"(?:^|(?<=\n\n))From [^\n]*\n(?=Return-Path:|X-Original-To:)", content):
                    if piece:
                        self._arrived(os.path.basename(path), re.sub(rb"\n>From ", b"\nFrom ", piece[:-1]).replace(b"\nFrom here\n", b"\n>From here\n"))

    def _arrived(self, where, text):
        header = text.partition(b"\n\n")[0]
        match = re.search(rb"^X-Original-To: (.*)$", header, re.M) or re.search(rb"^Delivered-To: (.*)$", header, re.M)
        self.ledger.arrived(where, [match.group(1).decode("latin-1")] if match else [], text)

    def log(self):
        try:
            return self._read(f"{self.dir}/mail.log").decode("latin-1")
        except OSError:
            return ""

    def new_log_lines(self):
        text = self.log()
        fresh, self._log_seen = text[self._log_seen:], len(text)
        return fresh.split("\n")[:-1]

    def outside(self):
        """I7: owner, mode and content of what no mail may change."""
        paths = [*glob.glob(f"{self.etc}/*"), "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/aliases"]
        state = {}
        for path in paths:
            if os.path.isfile(path):
                status = os.stat(path)
                state[path] = (status.st_uid, status.st_gid, status.st_mode, hashlib.sha256(self._read(path)).hexdigest())
        return state

    @staticmethod
    def _read(path):
        with open(path, "rb") as file:
            return file.read()

    @staticmethod
    def _run(*command):
        subprocess.run(command, check=True, capture_output=True, timeout=60)
