#!/usr/bin/env python3
"""Measures our mail system beside Debian's Postfix and prints medians and ratios.

Both run from equal configurations on private spools below one temporary directory. Each figure is taken in
alternating rounds (Postfix, ours, Postfix, ours, ...), so that a machine whose speed drifts is fair to both.
Ours are the programs in out/ (or MTA_BUILD).
"""

import argparse
import glob
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import chart
import peers

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.abspath(os.environ.get("MTA_BUILD") or os.path.join(ROOT, "out"))
TICK = os.sysconf("SC_CLK_TCK")


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=600, **options)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def apart(base, name):
    """A new directory below base whose files share no block group of ext4 with those of its neighbours: each new file has
    to pass by the inodes that were deleted in its group a moment ago, which may be the other system's."""
    subprocess.run(["chattr", "+T", base], stderr=subprocess.DEVNULL)  # Other file systems have no such flag, and no need.
    return tempfile.mkdtemp(prefix=f"{name}-", dir=base)


class System(peers.Measured):
    """One mail system in a private directory."""

    def __init__(self, name, base, relay_port):
        self.name = name
        self.dir = apart(base, name)
        self.etc = os.path.join(self.dir, "etc")
        self.port = free_port()
        self.ours = name == "ours"
        self.resolver = None
        self.account = peers.CpuAccount(name)
        run(os.path.join(ROOT, "tests/tools/postfix-instance"), self.dir, str(self.port), str(relay_port))
        os.chmod(self.dir, 0o755)
        self.command = "/usr/sbin"
        if self.ours:
            self.command = os.path.join(BUILD, "sbin")
            self.set("command_directory", self.command)
            self.set("daemon_directory", os.path.join(BUILD, "libexec"))
        self.set("maillog_file_prefixes", base)
        # Sessions are not the limit that is measured.
        self.set("smtpd_error_sleep_time", "0")
        master = os.path.join(self.etc, "master.cf")
        with open(master) as f:
            text = f.read()
        with open(master, "w") as f:
            f.write(text.replace("n - n - - smtpd", "n - n - 20000 smtpd"))

    def set(self, name, value):
        run("/usr/sbin/postconf", "-c", self.etc, "-e", f"{name}={value}")

    def postfix(self, verb):
        words = [os.path.join(self.command, "postfix"), "-c", self.etc, verb]
        if self.resolver:
            # A mount namespace of its own, in which resolv.conf names another server.
            words = ["unshare", "-m", "--propagation", "private", "bash", "-ec", f'mount --bind {self.resolver} /etc/resolv.conf; exec "$@"', "-", *words]
        # Not into a pipe: its end would be waited for.
        with tempfile.TemporaryFile() as output:
            subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=120, preexec_fn=self.account.enter)

    def start(self):
        """Seconds from the command to the first greeting."""
        began = time.monotonic()
        self.postfix("start")
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 10) as s:
                    if s.recv(100).startswith(b"220"):
                        return time.monotonic() - began
            except ConnectionRefusedError:
                time.sleep(0.005)

    def stop(self):
        subprocess.run([os.path.join(self.command, "postfix"), "-c", self.etc, "stop"], capture_output=True, timeout=60)

    def pids(self):
        with open(os.path.join(self.dir, "spool/pid/master.pid")) as f:
            master = int(f.read())
        found = [master]
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path) as f:
                    fields = f.read().rsplit(")", 1)[1].split()
                if int(fields[1]) == master:
                    found.append(int(path.split("/")[2]))
            except OSError:
                pass
        # Workers of workers (a delivery agent's helpers) count too.
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path) as f:
                    fields = f.read().rsplit(")", 1)[1].split()
                pid = int(path.split("/")[2])
                if int(fields[1]) in found and pid not in found:
                    found.append(pid)
            except OSError:
                pass
        return found

    def peak(self):
        """Largest VmHWM in KiB and the program it belongs to."""
        worst = (0, "")
        for pid in self.pids():
            try:
                with open(f"/proc/{pid}/status") as f:
                    size = int(re.search(r"^VmHWM:\s+(\d+)", f.read(), re.M).group(1))
                worst = max(worst, (size, os.path.basename(os.readlink(f"/proc/{pid}/exe"))))
            except (OSError, AttributeError):
                pass
        return worst

    def log_lines(self):
        with open(os.path.join(self.dir, "mail.log"), "rb") as f:
            return sum(1 for _ in f)

    def queued(self):
        return sum(len(files) for queue in ("maildrop", "incoming", "active") for _, _, files in os.walk(os.path.join(self.dir, "spool", queue)))


class Sink:
    """smtp-sink, counting."""

    def __init__(self, port):
        self.out = tempfile.TemporaryFile()
        self.process = subprocess.Popen(["/usr/sbin/smtp-sink", "-u", "postfix", "-c", f"127.0.0.1:{port}", "1000"], stdout=self.out, stderr=subprocess.DEVNULL)

    def count(self):
        # Where the sink writes next must not move: it writes by the same open file.
        tail = os.pread(self.out.fileno(), 200, max(0, os.fstat(self.out.fileno()).st_size - 200))
        numbers = re.findall(rb"mesgs=(\d+)|(\d+)", tail)
        return int((numbers[-1][0] or numbers[-1][1])) if numbers else 0

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def stop(self):
        self.process.kill()
        self.process.wait()


class Internet:
    """Hosts that answer late; see internet.py."""

    NAMESERVER = "127.10.9.53"

    def __init__(self, base, hosts, domains, delay):
        self.resolver = os.path.join(base, "resolv.conf")
        with open(self.resolver, "w") as f:
            f.write(f"nameserver {self.NAMESERVER}\noptions timeout:10 attempts:2\n")
        self.process = subprocess.Popen([sys.executable, os.path.join(ROOT, "bench/internet.py"), str(hosts), str(domains), str(delay), self.NAMESERVER],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError("the scripted internet does not start (ports 25 and 53 of 127.10.0.0/16)")

    def count(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


def deliveries(system, internet, domains):
    """One message to a recipient in each of many domains; deliveries per second and CPU for 1,000 of them."""
    base, cpu = internet.count(), system.cpu()
    with socket.create_connection(("127.0.0.1", system.port), 120) as s:
        f = s.makefile("rwb")
        f.readline()

        def say(commands, content=b""):
            f.write(b"".join(c + b"\r\n" for c in commands) + content)
            f.flush()
            for _ in commands:
                while True:
                    reply = f.readline()
                    if reply[3:4] != b"-":
                        break
                if reply[:1] not in b"23":
                    raise RuntimeError(f"{system.name}: {reply}")

        say([b"EHLO bench.test"])
        say([b"MAIL FROM:<s@bench.test>"])
        for at in range(0, domains, 50):
            say([b"RCPT TO:<r@d%d.net.test>" % n for n in range(at, min(domains, at + 50))])
        say([b"DATA"])
        say([b"Subject: to all" + b"\r\n\r\n" + b"x" * 70 + b"\r\n."])
        began = time.monotonic()
    limit = time.monotonic() + 180
    while internet.count() - base < domains:
        if time.monotonic() > limit:
            raise RuntimeError(f"{system.name}: {internet.count() - base} of {domains} deliveries within 180 s")
        time.sleep(0.01)
    seconds = time.monotonic() - began
    time.sleep(0.5)
    return {"rate": domains / seconds, "cpu": (system.cpu() - cpu) * 1000 / domains}


def child_cpu():
    times = os.times()
    return times.children_user + times.children_system


def drive(system, sessions, messages, recipient, done, size=4096, tls=False, look=0.005):
    """Sends and waits until everything arrived; messages per second and CPU per 1,000 messages."""
    cpu, source = system.cpu(), child_cpu()
    lines = system.log_lines()
    began = time.monotonic()
    if tls:
        run(sys.executable, os.path.join(ROOT, "bench/sources.py"), "tls", str(system.port), str(sessions), str(messages), str(size))
    else:
        run("/usr/sbin/smtp-source", "-s", str(sessions), "-l", str(size), "-m", str(messages), "-f", "s@bench.test", "-t", recipient, f"127.0.0.1:{system.port}")
    limit = time.monotonic() + 120
    while not done():
        if time.monotonic() > limit:
            raise RuntimeError(f"{system.name}: not everything arrived within 120 s")
        time.sleep(look)
    seconds = time.monotonic() - began
    return {
        "rate": messages / seconds,
        "cpu": (system.cpu() - cpu) * 1000 / messages,
        "source cpu": (child_cpu() - source) * 1000 / messages,
        "log lines": (system.log_lines() - lines) / messages,
    }


def relay(system, sink, sessions, messages, **options):
    base = sink.count()
    cpu = sink.cpu()
    figures = drive(system, sessions, messages, "r@far.test", lambda: sink.count() - base >= messages, **options)
    figures["sink cpu"] = (sink.cpu() - cpu) * 1000 / messages
    return figures


def maildir(system, sessions, messages):
    # The last round's maildir moves away and stays: Linux goes round inodes that were deleted a moment ago, which would
    # make every new file dearer than in a mailbox in use.
    home = os.path.join(system.dir, "home")
    box = os.path.join(home, "box")
    if os.path.isdir(box):
        os.rename(box, os.path.join(home, f"old{len(os.listdir(home))}"))
    os.mkdir(box)
    os.chown(box, 1000, 1000)
    new = os.path.join(box, "new")
    return drive(system, sessions, messages, "x@virt.test", lambda: os.path.isdir(new) and len(os.listdir(new)) >= messages, look=0.03)  # Listing takes time of its own.


def fsyncs(system, sink, messages=100):
    """fsync calls per relayed message."""
    base = sink.count()
    with tempfile.NamedTemporaryFile() as trace:
        words = ["strace", "-f", "-q", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", trace.name]
        for pid in system.pids():
            words += ["-p", str(pid)]
        tracer = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        time.sleep(1)
        run("/usr/sbin/smtp-source", "-s", "5", "-l", "4096", "-m", str(messages), "-f", "s@bench.test", "-t", "r@far.test", f"127.0.0.1:{system.port}")
        while sink.count() - base < messages:
            time.sleep(0.05)
        tracer.terminate()
        tracer.wait()
        return sum(1 for line in trace.read().splitlines() if b"sync(" in line) / messages


def idle_sessions(system, count):
    """KiB of PSS for each idle session that sent EHLO, MAIL and RCPT; each still completes a message."""
    before = system.pss(("smtpd", "cleanup"))
    clients = []
    for _ in range(count):
        s = socket.create_connection(("127.0.0.1", system.port), 60)
        f = s.makefile("rwb")
        f.readline()
        for command in (b"EHLO idle.test", b"MAIL FROM:<s@bench.test>", b"RCPT TO:<r@far.test>"):
            f.write(command + b"\r\n")
            f.flush()
            while f.readline()[3:4] == b"-":
                pass
        clients.append((s, f))
    after = system.pss(("smtpd", "cleanup"))
    completed = 0
    for s, f in clients:
        f.write(b"DATA\r\n")
        f.flush()
        f.readline()
        f.write(b"Subject: idle\r\n\r\nx\r\n.\r\n")
        f.flush()
        completed += f.readline().startswith(b"250")
        s.close()
    return {"KiB": (after - before) / count, "completed": completed, "of": count}


def large_message(system, megabytes, headers=0):
    """Peak memory (KiB) of the largest process while one large message passes: a large body, or many headers."""
    box = os.path.join(system.dir, "home/box/new")
    shutil.rmtree(os.path.join(system.dir, "home/box"), ignore_errors=True)
    os.mkdir(os.path.join(system.dir, "home/box"))
    os.chown(os.path.join(system.dir, "home/box"), 1000, 1000)
    began = time.monotonic()
    block = (b"x" * 70 + b"\r\n") * 1000
    head = "".join(f"To: a{i}@example.test,\r\n\tb{i}@example.test\r\n" if i % 10 == 0 else f"X-Header-{i}: value\r\n" for i in range(1000)).encode()
    with socket.create_connection(("127.0.0.1", system.port), 600) as s:
        f = s.makefile("rwb")
        f.readline()
        for command in (b"EHLO large.test", b"MAIL FROM:<s@bench.test>", b"RCPT TO:<x@virt.test>", b"DATA"):
            f.write(command + b"\r\n")
            f.flush()
            while f.readline()[3:4] == b"-":
                pass
        for _ in range(headers // 1000):
            f.write(head)
        f.write(b"\r\n")
        sent = 0
        while sent < megabytes * 1000000:
            f.write(block)
            sent += len(block)
        f.write(b".\r\n")
        f.flush()
        reply = f.readline()
        if not reply.startswith(b"250"):
            raise RuntimeError(f"{system.name}: large message: {reply}")
    while not (os.path.isdir(box) and os.listdir(box)):
        time.sleep(0.05)
    size, program = system.peak()
    return {"KiB": size, "program": program, "seconds": time.monotonic() - began}


def fill_deferred(system, count):
    """Deferred messages as a stopped system would have left them."""
    now = int(time.time())
    uid = os.stat(os.path.join(system.dir, "data")).st_uid

    def record(kind, data):
        length = len(data)
        head = bytearray(kind.encode())
        while True:
            if length < 128:
                head.append(length)
                break
            head.append(length & 127 | 128)
            length >>= 7
        return bytes(head) + data

    for i in range(count):
        envelope = record("T", b"%d %d" % (now, i)) + record("A", b"create_time=%d" % now)
        envelope += record("A", b"rewrite_context=local") + record("S", b"s@bench.test")
        envelope += record("O", b"r%d@far.test" % i) + record("R", b"r%d@far.test" % i)
        content = record("N", b"Received: by bench") + record("N", b"Subject: x") + record("N", b"") + record("N", b"x" * 70)
        offset = 97 + len(envelope) + 2
        size = b" ".join(b"%15d" % n for n in (len(content), offset, 1, 0, len(content), 0))
        body = record("C", size) + envelope + record("M", b"") + content + record("X", b"") + record("E", b"")
        temporary = os.path.join(system.dir, "spool/deferred", f"{i}.tmp")
        fd = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o700)
        os.write(fd, body)
        inode = os.fstat(fd).st_ino
        os.fchown(fd, uid, -1)
        os.utime(fd, (now + 3600, now + 3600))
        os.close(fd)
        name = "%05X%X" % (i % 1000000, inode)
        folder = os.path.join(system.dir, "spool/deferred", name[0])
        if not os.path.isdir(folder):
            os.mkdir(folder, 0o700)
            os.chown(folder, uid, -1)
        os.rename(temporary, os.path.join(folder, name))


def deferred_queue(system, count):
    system.stop()
    fill_deferred(system, count)
    start = system.start()
    began = time.monotonic()
    listing = run(os.path.join(system.command, "postqueue"), "-c", system.etc, "-p").stdout
    listed = time.monotonic() - began
    if f"in {count} Requests" not in listing:
        raise RuntimeError(f"{system.name}: mailq: {listing[-200:]}")
    time.sleep(3)
    memory = system.pss(("qmgr",))
    began = time.monotonic()
    run(os.path.join(system.command, "postsuper"), "-c", system.etc, "-d", "ALL")
    return {"start": start, "mailq": listed, "qmgr KiB": memory, "delete": time.monotonic() - began}


WORDS = ("the quick brown fox jumps over a lazy dog while invoices of last month were sent to every customer who had asked "
         "for them please find attached our report about sales in the third quarter and let us know what you think of it "
         "kind regards from all of us meeting tomorrow at nine in the large room do not forget your notes thank you").split()


def text_message(number, lines=100):
    """A message of ordinary text, about 7 KB, that no rule of the tables below matches."""
    body = []
    at = number
    for _ in range(lines):
        line = ""
        while len(line) < 66:
            line += WORDS[at * 7919 % len(WORDS)] + " "
            at += 1
        body.append(line.rstrip())
    head = [f"From: Some One <s{number}@bench.test>", "To: r@far.test", f"Subject: report number {number} of this year", "Date: Sun, 22 Nov 2026 10:00:00 +0000",
            f"Message-ID: <{number}.bench@bench.test>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=us-ascii", "Content-Transfer-Encoding: 7bit",
            "X-Mailer: bench 1.0", "List-Id: <list.bench.test>"]
    return ("\r\n".join(head + [""] + body) + "\r\n.\r\n").encode()


def write_checks(folder):
    """200 rules for headers and 200 for bodies, of the kinds that administrators write."""
    header, body = [], []
    for i in range(50):
        header += [f"/^X-Spam-Flag-{i}: +yes/ REJECT", f"/^Subject: .*cheap (pills|watches){i}/ REJECT no thanks",
                   f"/^(From|Reply-To): .*@spammer{i}\\.example/ DISCARD", f"/^Content-(Type|Disposition):.*name[[:space:]]*=.*virus{i}\\.(exe|scr|pif)/ REJECT"]
        body += [f"/https?:\\/\\/[^ ]*\\.badsite{i}\\.example/ REJECT", f"/\\b(viagra|cialis)[0-9]*-{i}\\b/ REJECT",
                 f"/^Click here to unsubscribe {i}/ WARN", f"/limited +time +offer +{i}!/ HOLD"]
    for name, rules in (("header", header), ("body", body)):
        path = os.path.join(folder, name + "_checks.pcre")
        with open(path, "w") as f:
            f.write("\n".join(rules) + "\n")
        os.chmod(path, 0o644)


def cpu_of(system, program):
    """CPU seconds of the running processes of one program."""
    total = 0
    for pid in system.pids():
        try:
            with open(f"/proc/{pid}/stat") as f:
                name, fields = f.read().split("(", 1)[1].rsplit(")", 1)
            if name == program[:15]:
                total += sum(int(x) for x in fields.split()[11:13])
        except OSError:
            pass
    return total / TICK


def send_texts(system, messages, sessions=4):
    """Ordinary messages by SMTP, several sessions at once."""
    import threading

    def session(first):
        with socket.create_connection(("127.0.0.1", system.port), 60) as s:
            f = s.makefile("rwb")
            f.readline()

            def say(data):
                f.write(data)
                f.flush()
                reply = f.readline()
                while reply[3:4] == b"-":
                    reply = f.readline()
                if reply[:1] not in b"23":
                    raise RuntimeError(f"{system.name}: {reply}")

            say(b"EHLO bench.test\r\n")
            for number in range(first, messages, sessions):
                for command in (b"MAIL FROM:<s@bench.test>\r\n", b"RCPT TO:<r@far.test>\r\n", b"DATA\r\n"):
                    say(command)
                say(text_message(number))

    threads = [threading.Thread(target=session, args=(i,)) for i in range(sessions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def cleanup_cost(system, messages):
    """CPU seconds of cleanup for 1,000 messages."""
    send_texts(system, 20)
    before = cpu_of(system, "cleanup")
    send_texts(system, messages)
    return {"cpu": (cpu_of(system, "cleanup") - before) * 1000 / messages}


def ask_resolver(path, batch, seconds, report):
    """One client of trivial-rewrite, a process: requests in batches, each batch answered before the next is sent."""
    def request(i):
        words = ("request", "resolve", "sender", "s@bench.test", "address", f"user{i}@far{i % 10}.test")
        return "".join(word + "\0" for word in words).encode() + b"\0"

    block = b"".join(request(i) for i in range(batch))
    count = 0
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60)
        s.connect(path)
        while not s.recv(4096).endswith(b"\0\0"):
            pass
        s.sendall(block)
        # A list ends with an empty name: flags is the last attribute of each reply.
        data = b""
        while data.count(b"recipient\0") < batch or not data.endswith(b"\0\0"):
            data += s.recv(65536)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(10):
                s.sendall(block)
                left = len(data)
                while left > 0:
                    left -= len(s.recv(65536))
                count += batch
    os.write(report, b"%d\n" % count)


def resolves(system, seconds=3.0, clients=4, batch=1):
    """Answers a second of trivial-rewrite and its CPU microseconds for each; several clients at once."""
    path = os.path.join(system.dir, "spool/private/rewrite")
    reading, writing = os.pipe()
    cpu, began = cpu_of(system, "trivial-rewrite"), time.monotonic()
    children = []
    for _ in range(clients):
        child = os.fork()
        if child == 0:
            try:
                os.close(reading)
                ask_resolver(path, batch, seconds, writing)
            finally:
                os._exit(0)
        children.append(child)
    os.close(writing)
    for child in children:
        os.waitpid(child, 0)
    ended, used = time.monotonic(), cpu_of(system, "trivial-rewrite") - cpu
    with os.fdopen(reading) as f:
        counts = [int(line) for line in f]
    if len(counts) != clients:
        raise RuntimeError(f"{system.name}: {len(counts)} of {clients} clients of trivial-rewrite got their answers")
    return {"rate": sum(counts) / (ended - began), "us": used * 1e6 / sum(counts)}


def make_certificate(folder):
    """A key and a certificate for both servers."""
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", os.path.join(folder, "key.pem"), "-out", os.path.join(folder, "cert.pem"),
        "-days", "30", "-subj", "/CN=mta.example.test")
    return os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")


class Milter:
    """A milter that accepts, in a process of its own."""

    def __init__(self):
        self.port = free_port()
        self.process = subprocess.Popen([sys.executable, os.path.join(ROOT, "bench/sources.py"), "milter", str(self.port)], stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError("the milter does not start")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


ROWS = ("start", "rest", "relay1", "relay20", "relay100", "curve", "tls", "milter", "pcre", "megabyte", "maildir", "fsync", "idle", "internet",
        "large", "rewrite", "checks", "deferred")
CURVE = (1, 2, 5, 10, 20, 50, 100, 200)


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer messages and one round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="comma-separated: " + " ".join(ROWS))
    parser.add_argument("--peers", action="store_true", help="Exim and OpenSMTPD too, unpacked from Debian's packages, where the row is about relaying")
    parser.add_argument("--peers-from", metavar="DIR", help="the packages, unpacked before")
    parser.add_argument("--json", default=os.path.join(ROOT, "bench/results/latest.json"), help="file for the results (default bench/results/latest.json)")
    arguments = parser.parse_args()
    if unknown := set(filter(None, arguments.only.split(","))) - set(ROWS):
        parser.error(f"no row {' '.join(sorted(unknown))}")
    if arguments.quick:
        arguments.rounds = 1
    scale = 0.1 if arguments.quick else 1
    only = set(filter(None, arguments.only.split(",")))
    wanted = lambda name: not only or name in only

    base = tempfile.mkdtemp(prefix="mta-bench-", dir="/tmp")
    os.chmod(base, 0o755)
    relay_port = free_port()
    sink = Sink(relay_port)
    systems = [System("postfix", base, relay_port), System("ours", base, relay_port)]
    others = []
    package = arguments.peers_from or (peers.unpack(base) if arguments.peers else None)
    if package:
        others = [peers.Exim(base, package, free_port(), relay_port), peers.OpenSmtpd(base, package, free_port(), relay_port)]
    elif arguments.peers:
        print("SKIPPED: Exim and OpenSMTPD: their packages cannot be had", file=sys.stderr)
    results = {"machine": {"processors": os.cpu_count(), "kernel": platform.release(), "load before": os.getloadavg()[0]},
               "arguments": {"rounds": arguments.rounds, "scale": scale}, "figures": {}, "curve": {}}
    table = []

    def row(name, unit, values, smaller_is_better=False, digits=0, rounds=None):
        p, o = values["postfix"], values["ours"]
        ratio = o / p if p else float("nan")
        results["figures"][name] = {"unit": unit, **values, "ratio": ratio, **({"rounds": rounds} if rounds else {})}
        shown = {n: f"{v:.{digits}f}" for n, v in values.items()}
        spread = ""
        if rounds and len(rounds["ours"]) > 1 and all(rounds["postfix"]):
            ratios = sorted(a / b for a, b in zip(rounds["ours"], rounds["postfix"]))
            spread = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
        table.append((name, shown, unit, f"{ratio:.2f}", spread, "smaller" if smaller_is_better else "larger"))
        print(f"{name}: " + ", ".join(f"{n} {v}" for n, v in shown.items()) + f" {unit}, ratio {ratio:.2f} {spread}", flush=True)

    def figure(name, unit, value, digits=0):
        results["figures"][name] = {"unit": unit, "ours": value}
        table.append((name, {"postfix": "", "ours": f"{value:.{digits}f}"}, unit, "", "", ""))
        print(f"{name}: ours {value:.{digits}f} {unit}", flush=True)

    def rows_of(name, unit, rows, key, smaller_is_better=False, digits=0):
        """Medians over the rounds; each round's figures go to the JSON file."""
        row(name, unit, {n: median(r, key) for n, r in rows.items()}, smaller_is_better, digits, {n: [x[key] for x in r] for n, r in rows.items()})

    def alternate(measure, rounds=None, among=None):
        among = among or systems
        rows = {system.name: [] for system in among}
        for _ in range(rounds or arguments.rounds):
            for system in among:
                rows[system.name].append(measure(system))
        return rows

    def relay_rows(name, sessions, count, among, **options):
        # The slow ones get fewer messages: a rate needs seconds, not numbers.
        share = lambda s: count if s in systems else max(sessions, count // 8)
        rows = alternate(lambda s: relay(s, sink, sessions, share(s), **options), among=among)
        rows_of(name, "msg/s", rows, "rate")
        rows_of("  CPU per 1,000 messages", "s", rows, "cpu", True, 2)
        return rows

    def with_settings(settings, measure):
        """The same with other parameters on both sides, which are taken back."""
        for system in systems:
            for name, value in settings(system).items():
                system.set(name, value)
            system.postfix("reload")
        try:
            time.sleep(1)
            for system in systems:
                relay(system, sink, 1, 2)
            measure()
        finally:
            for system in systems:
                run("/usr/sbin/postconf", "-c", system.etc, "-X", *settings(system))
                system.postfix("reload")
            time.sleep(1)

    try:
        if wanted("start"):
            def start_and_stop(system):
                seconds = system.start()
                system.stop()
                return {"s": seconds}
            rows = alternate(start_and_stop)
            rows_of("start to first 220", "s", rows, "s", True, 3)
        for system in systems:
            system.start()
        # One message each way, so that every process of the path is there.
        for system in systems:
            relay(system, sink, 1, 5)
            maildir(system, 1, 5)
        if wanted("rest"):
            time.sleep(3)
            row("memory at rest, all processes", "KiB PSS", {s.name: s.pss() for s in systems}, True)
        for system in others:
            system.start()
            relay(system, sink, 1, 2)
        for sessions, count in ((1, 800), (20, 4000), (100, 4000)):
            if wanted(f"relay{sessions}"):
                rows = relay_rows(f"relay, {sessions} sessions", sessions, int(count * scale), systems + others)
                if sessions == 20:
                    for part in ("source cpu", "sink cpu", "log lines"):
                        rows_of(f"  {part} per {'message' if part == 'log lines' else '1,000 messages'}", "", rows, part, True, 2)
        if wanted("curve"):
            for sessions in CURVE:
                rows = relay_rows(f"curve: {sessions} sessions", sessions, max(int(2000 * scale), sessions * 2), systems + others)
                for name, found in rows.items():
                    rates = [x["rate"] for x in found]
                    results["curve"].setdefault(name, []).append([sessions, statistics.median(rates), min(rates), max(rates)])
        for system in others:
            system.stop()
        if wanted("tls"):
            certificate, key = make_certificate(base)
            tls_settings = {"smtpd_tls_security_level": "may", "smtpd_tls_cert_file": certificate, "smtpd_tls_key_file": key}
            with_settings(lambda s: tls_settings, lambda: relay_rows("relay, TLS (a handshake each), 8 sessions", 8, int(1200 * scale), systems, tls=True))
        if wanted("milter"):
            milter = Milter()
            try:
                with_settings(lambda s: {"smtpd_milters": f"inet:127.0.0.1:{milter.port}"},
                              lambda: relay_rows("relay, a milter, 20 sessions", 20, int(2000 * scale), systems))
            finally:
                milter.stop()
        if wanted("pcre"):
            for system in systems:
                write_checks(system.etc)
            with_settings(lambda s: {f"{kind}_checks": f"pcre:{s.etc}/{kind}_checks.pcre" for kind in ("header", "body")},
                          lambda: relay_rows("relay, 200 + 200 pcre rules, 20 sessions", 20, int(2000 * scale), systems))
        if wanted("megabyte"):
            relay_rows("relay, 1 MB messages, 5 sessions", 5, int(300 * scale), systems, size=1000000)
        if wanted("maildir"):
            rows = alternate(lambda s: maildir(s, 20, int(3000 * scale)))
            rows_of("maildir, 20 sessions", "msg/s", rows, "rate")
            rows_of("  CPU per 1,000 messages", "s", rows, "cpu", True, 2)
        if wanted("fsync"):
            row("fsyncs per relayed message", "", {s.name: fsyncs(s, sink) for s in systems}, True, 2)
        if wanted("idle"):
            counts = {"postfix": 80, "ours": 1000 if arguments.quick else 10000}
            values = {s.name: idle_sessions(s, counts[s.name]) for s in systems}
            for name, value in values.items():
                if value["completed"] != value["of"]:
                    raise RuntimeError(f"{name}: {value['completed']} of {value['of']} idle sessions completed their message")
            row(f"idle session ({counts['ours']} of ours, {counts['postfix']} of Postfix's)", "KiB PSS each", {n: v["KiB"] for n, v in values.items()}, True, 1)
        if wanted("internet"):
            domains, internet = int(1000 * scale), Internet(base, 200, 1000, 50)
            try:
                for system in systems:
                    system.stop()
                    system.resolver = internet.resolver
                    for name, value in (("relayhost", ""), ("smtp_host_lookup", "dns"), ("smtp_tls_security_level", ""), ("smtpd_recipient_limit", "2000")):
                        system.set(name, value)
                for limit in (100, 500):
                    for system in systems:
                        system.set("default_process_limit", str(limit))
                        system.start()
                    rows = alternate(lambda s: deliveries(s, internet, domains))
                    rows_of(f"{domains} domains on 200 hosts 50 ms away, limit {limit}", "deliveries/s", rows, "rate")
                    rows_of("  CPU per 1,000 deliveries", "s", rows, "cpu", True, 2)
                    for system in systems:
                        system.stop()
            finally:
                internet.stop()
                for system in systems:
                    system.resolver = None
                    system.set("relayhost", f"[127.0.0.1]:{relay_port}")
                    system.set("default_process_limit", "100")
                    system.start()
        if wanted("large"):
            for system in systems:
                system.stop()
                system.set("message_size_limit", "0")
                system.set("mailbox_size_limit", "0")
                system.set("virtual_mailbox_limit", "0")
                system.start()
            values = {s.name: large_message(s, 200 if arguments.quick else 1000) for s in systems}
            row("large message, peak memory of a process", "KiB", {n: v["KiB"] for n, v in values.items()}, True)
            row("  time to the mailbox", "s", {n: v["seconds"] for n, v in values.items()}, True, 1)
            for system in systems:
                system.stop()
                system.start()
            values = {s.name: large_message(s, 0, 1000000) for s in systems}
            row("message of 1,000,000 headers, peak memory of a process", "KiB", {n: v["KiB"] for n, v in values.items()}, True)
            row("  time to the mailbox", "s", {n: v["seconds"] for n, v in values.items()}, True, 1)
        if wanted("rewrite"):
            rows = alternate(resolves)
            rows_of("resolves, one at a time", "1/s", rows, "rate")
            rows_of("  CPU of trivial-rewrite for each", "us", rows, "us", True, 1)
            # Postfix's answers the first request of a batch only, so that there is nothing to compare.
            rows = [resolves(systems[1], batch=50) for _ in range(arguments.rounds)]
            figure("resolves, 50 at a time", "1/s", median(rows, "rate"))
            figure("  CPU of trivial-rewrite for each", "us", median(rows, "us"), 1)
        if wanted("checks"):
            count = int(1000 * scale)
            for system in systems:
                system.set("max_use", "1000000")
                system.postfix("reload")
            rows = alternate(lambda s: cleanup_cost(s, count))
            rows_of("cleanup CPU per 1,000 messages, no checks", "s", rows, "cpu", True, 2)
            for system in systems:
                write_checks(system.etc)
                for kind in ("header", "body"):
                    system.set(f"{kind}_checks", f"pcre:{system.etc}/{kind}_checks.pcre")
                system.postfix("reload")
            time.sleep(2)
            rows = alternate(lambda s: cleanup_cost(s, count))
            rows_of("cleanup CPU per 1,000 messages, 200 + 200 pcre rules", "s", rows, "cpu", True, 2)
            for system in systems:
                for kind in ("header", "body"):
                    system.set(f"{kind}_checks", "")
                system.postfix("reload")
        if wanted("deferred"):
            count = 10000 if arguments.quick else 100000
            values = {s.name: deferred_queue(s, count) for s in systems}
            for key, unit in (("start", "s"), ("mailq", "s"), ("delete", "s"), ("qmgr KiB", "KiB PSS")):
                row(f"{count} deferred: {key}", unit, {n: v[key] for n, v in values.items()}, True, 2)
    finally:
        for system in systems + others:
            system.stop()
            system.account.close()
        sink.stop()
        shutil.rmtree(base, ignore_errors=True)

    names = ["postfix", "ours"] + [system.name for system in others]
    print("\n| figure | " + " | ".join(chart.NAMES[n] for n in names) + " | unit | ours / Postfix | range of rounds | better |\n|" + "---|" * (len(names) + 5))
    for name, shown, unit, ratio, spread, better in table:
        print(f"| {name.strip()} | " + " | ".join(shown.get(n, "") for n in names) + f" | {unit} | {ratio} | {spread} | {better} |")
    os.makedirs(os.path.dirname(os.path.abspath(arguments.json)), exist_ok=True)
    with open(arguments.json, "w") as f:
        json.dump(results, f, indent=2)
    if results["curve"]:
        picture = os.path.splitext(arguments.json)[0] + "-curve.svg"
        with open(picture, "w") as f:
            f.write(chart.draw(results["curve"]))
        print(f"\n{picture}")


if __name__ == "__main__":
    sys.exit(main())
