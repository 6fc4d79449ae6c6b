"""Exim and OpenSMTPD for the comparison, from Debian's packages, unpacked and not installed.

Each runs in a mount namespace of its own, in which the package's files lie over /usr and its accounts are known; its
spool is a folder of the bench, on the same file system as the others' spools. Needs root and a package mirror.
"""

import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICK = os.sysconf("SC_CLK_TCK")

EXIM = """
exim_path = /usr/sbin/exim4
spool_directory = {dir}/spool
log_file_path = {dir}/%slog
exim_user = 6101
exim_group = 6101
never_users =
primary_hostname = mta.example.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
rfc1413_query_timeout = 0s
keep_environment =
acl_smtp_rcpt = accept
chunking_advertise_hosts =
message_size_limit = 0
# None of its brakes: every message is delivered at once, by as many processes as that takes.
smtp_accept_max = 0
smtp_accept_queue_per_connection = 0
smtp_accept_max_per_connection = 0
smtp_connect_backlog = 500
queue_run_max = 0
split_spool_directory = true
begin routers
relay:
  driver = manualroute
  transport = relay
  route_data = 127.0.0.1
  self = send
  host_find_failed = defer
begin transports
relay:
  driver = smtp
  port = {relay}
  hosts_try_chunking =
  hosts_avoid_tls = *
  allow_localhost
"""

OPENSMTPD = """
smtp limit max-mails 1000000
smtp max-message-size 2G
listen on 127.0.0.1 port {port}
action "relay" relay host smtp://127.0.0.1:{relay}
match from any for any action "relay"
"""


def unpack(base):
    """The folder with both packages, or None when there is no mirror to get them from."""
    folder = os.path.join(base, "peers")
    tool = os.path.join(ROOT, "tests/tools/unpack-peer")
    try:
        done = subprocess.run([tool, folder, "exim4-daemon-light", "opensmtpd"], capture_output=True, timeout=180)
    except subprocess.TimeoutExpired:
        return None
    return folder if done.returncode == 0 and os.path.exists(f"{folder}/usr/sbin/exim4") and os.path.exists(f"{folder}/usr/sbin/smtpd") else None


def processes_below(parent):
    """A process and all that came from it and still live."""
    children = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as f:
                children.setdefault(int(f.read().rsplit(")", 1)[1].split()[1]), []).append(int(path.split("/")[2]))
        except OSError:
            pass
    found = [parent]
    for pid in found:
        found += children.get(pid, [])
    return found


class CpuAccount:
    """A control group that counts the CPU time of a system's processes, also of those that nobody waited for."""

    ROOT = "/sys/fs/cgroup/cpuacct"

    def __init__(self, name):
        self.folder = os.path.join(self.ROOT, f"mta-bench-{os.getpid()}-{name}")
        try:
            os.mkdir(self.folder)
        except OSError:
            self.folder = None

    def enter(self):
        """Puts the calling process there: between fork and exec."""
        if self.folder:
            with open(os.path.join(self.folder, "cgroup.procs"), "w") as f:
                f.write("0")

    def pids(self):
        if not self.folder:
            return []
        with open(os.path.join(self.folder, "cgroup.procs")) as f:
            return [int(line) for line in f]

    def seconds(self):
        """None where the kernel has no such group."""
        if not self.folder:
            return None
        with open(os.path.join(self.folder, "cpuacct.usage")) as f:
            return int(f.read()) / 1e9

    def close(self):
        try:
            if self.folder:
                os.rmdir(self.folder)
        except OSError:
            pass


class Measured:
    """What processes cost; whoever is measured has pids() and an account."""

    def cpu(self):
        """CPU seconds of all processes; without the control group those of processes that nobody waited for are missing."""
        counted = self.account.seconds()
        if counted is not None:
            return counted
        total = 0
        for pid in self.pids():
            try:
                with open(f"/proc/{pid}/stat") as f:
                    total += sum(int(x) for x in f.read().rsplit(")", 1)[1].split()[11:15])
            except OSError:
                pass
        return total / TICK

    def pss(self, only=None):
        """Sum of PSS in KiB; of certain programs only, when they are named."""
        total = 0
        for pid in self.pids():
            try:
                if only and os.path.basename(os.readlink(f"/proc/{pid}/exe")) not in only:
                    continue
                with open(f"/proc/{pid}/smaps_rollup") as f:
                    total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
            except (OSError, AttributeError):
                pass
        return total


class Peer(Measured):
    """A mail system that runs in the foreground in its own mount namespace. Has what drive() of bench.py asks for."""

    ours = False
    accounts = ()

    def __init__(self, base, package, port, relay_port):
        self.dir = os.path.join(base, self.name)
        self.package = package
        self.port = port
        self.relay_port = relay_port
        self.process = None
        self.account = CpuAccount(self.name)
        self.log = os.path.join(self.dir, "mainlog")
        for folder in ("", "spool", "etc", "run", "var"):
            os.makedirs(os.path.join(self.dir, folder), mode=0o755, exist_ok=True)
        for name in ("passwd", "group"):
            shutil.copy(f"/etc/{name}", os.path.join(self.dir, "etc", name))
        for account, number in self.accounts:
            with open(os.path.join(self.dir, "etc/passwd"), "a") as f:
                f.write(f"{account}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n")
            with open(os.path.join(self.dir, "etc/group"), "a") as f:
                f.write(f"{account}:x:{number}:\n")
        self.configuration = os.path.join(self.dir, "etc", self.configuration)
        os.makedirs(os.path.dirname(self.configuration), exist_ok=True)
        with open(self.configuration, "w") as f:
            f.write(self.text.format(dir=self.dir, port=port, relay=relay_port))
        os.chmod(self.configuration, 0o644)
        self.prepare()

    def prepare(self):
        pass

    def start(self):
        """Seconds from the command to the first greeting."""
        mounts = [f"mount -t overlay overlay -o lowerdir={self.package}/usr:/usr /usr"]
        mounts.append(f"mount -t overlay overlay -o lowerdir={self.dir}/etc:/etc /etc")
        mounts += self.mounts()
        began = time.monotonic()
        with open(os.path.join(self.dir, "output"), "ab") as output:
            self.process = subprocess.Popen(
                ["unshare", "-m", "--propagation", "private", "bash", "-ec", "; ".join(mounts) + '; exec "$@"', "-", *self.words()],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, preexec_fn=self.account.enter)
        while time.monotonic() < began + 30:
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 10) as s:
                    if s.recv(100).startswith(b"220"):
                        return time.monotonic() - began
            except OSError:
                time.sleep(0.01)
        with open(os.path.join(self.dir, "output"), errors="replace") as f:
            raise RuntimeError(f"{self.name} does not start: {f.read()[-500:]}")

    def mounts(self):
        return []

    def stop(self):
        if self.process is None:
            return
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        deadline = time.monotonic() + 5
        while self.account.pids() and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in self.account.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def pids(self):
        return self.account.pids() or processes_below(self.process.pid)

    def log_lines(self):
        try:
            with open(self.log, "rb") as f:
                return sum(1 for _ in f)
        except FileNotFoundError:
            return 0


class Exim(Peer):
    name = "exim"
    text = EXIM
    configuration = "exim4/exim4.conf"
    accounts = (("Debian-exim", 6101),)

    def prepare(self):
        os.chown(self.dir, 6101, 6101)
        os.chown(os.path.join(self.dir, "spool"), 6101, 6101)

    def words(self):
        return ["/usr/sbin/exim4", "-bdf", "-q30m"]


class OpenSmtpd(Peer):
    name = "opensmtpd"
    text = OPENSMTPD
    configuration = "smtpd.conf"
    accounts = (("opensmtpd", 6102), ("opensmtpq", 6103))

    def prepare(self):
        self.log = os.path.join(self.dir, "output")
        os.makedirs(os.path.join(self.dir, "var/opensmtpd/empty"), exist_ok=True)
        os.makedirs(os.path.join(self.dir, "spool/smtpd"), exist_ok=True)
        os.chmod(os.path.join(self.dir, "spool/smtpd"), 0o711)

    def mounts(self):
        return [f"mount --bind {self.dir}/spool /var/spool", f"mount --bind {self.dir}/run /run", f"mount --bind {self.dir}/var /var/lib"]

    def words(self):
        return ["/usr/sbin/smtpd", "-d", "-f", self.configuration]
