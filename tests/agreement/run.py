#!/usr/bin/env python3
"""Delivers the cases of a file by Debian's Postfix and by our delivery agents, and compares what came of them.

    run.py FILE.cases BUILD [--only NAME] [--show] [--keep] [--write]

Two private instances of Debian's Postfix run side by side. In the second one, our programs stand in the place of its
delivery agents. Every case is one message; compared are the dialogue that its next hop saw, the log lines of the agents,
and what the case's "show" commands print (mailboxes, files that commands wrote). README.md describes the case files.
Exit status 0: all agree. 77: something needed is missing here.
"""
import difflib, os, re, shutil, socket, socketserver, struct, subprocess, sys, tempfile, threading, time

import secure, stages
from nameserver import Dns

HERE = os.path.dirname(os.path.abspath(__file__))
AGENTS = ["smtp", "lmtp", "local", "virtual", "pipe", "error", "discard", "spawn"]
LIMIT = 60
# First half of the addresses that only Postfix's, only our next hops have; shown as the first.
OWN = ["127.61", "127.62"]
# A delivery that ends Debian's process ends only the delivery with ours, so master and the queue manager have nothing to say.
TOLERATED = [r"^master: warning: process \S+ pid N exit status 1$", r"^qmgr: warning: private/\S+ socket: malformed response$"]


class Case:
    def __init__(self, name, service, number):
        self.name, self.service, self.number = name, service, number
        self.to, self.sender, self.mail, self.rcpt = [], None, "", ""
        self.hop, self.script, self.body, self.show, self.lines, self.queued = None, {}, None, [], None, {}
        self.setup = []
        self.extra = []
        self.quiet = False
        self.same = None
        self.wants, self.nevers, self.known = [], [], {}


class Suite:
    def __init__(self, path):
        self.services, self.main, self.ours, self.users, self.setup, self.dns, self.cases = [], [], [], [], [], [], []
        self.master, self.certs, self.zone, self.hop = [], [], [], None
        self.shared = self.certificates = self.zones = None
        self.needs, self.unpacks, self.stops, self.peers = [], [], [], None
        self.agents, self.alone = list(AGENTS), False
        self.comsat = None
        self.tolerated = []
        self.path = path
        self.parse(path)

    def parse(self, path):
        case = None
        with open(path, encoding="latin-1") as file:
            lines = file.read().split("\n")
        i = 0
        while i < len(lines):
            line = lines[i]
            i += 1
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if line.startswith("@"):
                word, _, rest = line[1:].partition(" ")
                if word == "file":
                    text = []
                    while i < len(lines) and (lines[i].startswith("  ") or not lines[i].strip()):
                        text.append(lines[i][2:])
                        i += 1
                    while text and not text[-1]:
                        text.pop()
                    self.setup.append((rest.strip(), "\n".join(text) + "\n" if text else ""))
                else:
                    if word in ("need", "unpack", "stop"):
                        getattr(self, word + "s").append(rest.strip())
                        continue
                    if word == "agents":
                        self.agents += rest.split()
                        continue
                    if word == "comsat":
                        self.comsat = Comsat()
                        continue
                    if word == "alone":
                        self.alone = True
                        continue
                    if word == "hop":
                        self.hop = rest.strip()
                        continue
                    if word == "tolerate":
                        self.tolerated.append(rest.strip())
                        continue
                    {"cert": self.certs, "zone": self.zone, "service": self.services, "main": self.main, "ours": self.ours, "user": self.users,
                     "dns": self.dns, "sh": self.setup, "master": self.master}[word].append(rest.strip() if word != "sh" else (None, rest.strip()))
                continue
            if not line.startswith(" "):
                words = line.split()
                case = Case(words[1], words[2] if len(words) > 2 else self.cases[-1].service if self.cases else "smtp", len(self.cases) + 1)
                assert words[0] == "case", line
                self.cases.append(case)
                continue
            word, _, rest = line.strip().partition(" ")
            if word == "to":
                case.to += [rest] if rest.startswith('"') else rest.split()
            elif word == "from":
                case.sender = "" if rest == "<>" else rest
            elif word == "mail":
                case.mail = " " + rest
            elif word == "rcpt":
                case.rcpt = " " + rest
            elif word == "hop":
                case.hop = rest
            elif word == "lines":
                case.lines = int(rest)
            elif word == "show":
                case.show.append(rest)
            elif word == "sh":
                case.setup.append(rest)
            elif word == "want":
                case.wants.append(rest)
            elif word == "never":
                case.nevers.append(rest)
            elif word == "same":
                case.same = rest
            elif word == "quiet":
                case.quiet = True
            elif word == "big":
                case.body = "Subject: test\n\n" + ("x" * 70 + "\n") * int(rest)
            elif word == "also":
                case.extra.append(rest)
            elif word == "|":
                case.body = (case.body or "") + rest + "\n"
            elif word.endswith(":"):
                case.script[word[:-1]] = rest
            else:
                raise SystemExit(f"{path}: {line}")


def unescape(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


class Hop(socketserver.StreamRequestHandler):
    """The scripted next hop. The address it was reached at says which case it plays, and as which of its hosts."""

    def handle(self):
        hop = self.server
        address = self.connection.getsockname()[0].split(".")
        key = int(address[2]) * 256 + int(address[3])
        host = "abcdefgh"[int(address[1]) - 1] if address[0] == "127" and 1 <= int(address[1]) <= 8 else "a"
        case = hop.cases.get(key)
        if case is None:
            return
        with hop.lock:
            seen = []
            hop.seen.setdefault(key, []).append((host, seen))
            session = sum(1 for h, _ in hop.seen[key] if h == host)
            hop.playing += 1
        self.raw, self.resets, self.seen = self.connection.dup(), False, seen
        try:
            self.connection.settimeout(40)
            tls = hop.secured(case, host)
            if tls and tls.wraps:
                self.secure(tls, seen)
            self.play(case, host, session, seen, tls)
        except (OSError, ValueError):
            seen.append("(connection lost)")
        finally:
            self.leave()
            with hop.lock:
                hop.playing -= 1

    def leave(self):
        """Ends the connection so that the client sees the same however fast it is: all that was said, then the end of
        file. Closing with something unread would send a reset, which can overtake what was said. A reset is sent where the
        script says so, and without an end of file before it."""
        try:
            if self.resets:
                self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                self.raw.shutdown(socket.SHUT_WR)
                self.raw.settimeout(20)
                while self.raw.recv(65536):
                    pass
        except OSError:
            pass
        self.connection.close()
        self.raw.close()

    def answer(self, case, host, session, stage, default, number=1):
        script = case.script
        for key in ([f"{host}{session}.{stage}{number}", f"{host}.{stage}{number}", f"{host}{session}.{stage}", f"{host}.{stage}"]
                    + ([f"{stage}{number}", stage] if host == "a" or host + ".like" in script else [])):
            if key in script:
                reply = script[key]
                break
        else:
            reply = default
        if reply == "CLOSE":
            raise ValueError
        if reply == "STALL":
            self.stall()
        if reply.startswith("RESET"):
            self.resets = True
            raise ValueError
        if reply.startswith("ENDLESS "):
            data = unescape(reply[8:])
            for _ in range(20000):
                self.connection.sendall(data)
            raise ValueError
        if reply.startswith("DRIP "):
            for byte in unescape(reply[5:]):
                self.connection.sendall(bytes([byte]))
                time.sleep(0.2)
            return reply[5:]
        if reply.startswith("LOOK "):
            # Whether the next command comes before this one has its answer.
            reply = reply[5:]
            time.sleep(0.3)
            self.connection.settimeout(0)
            self.seen.append("(more has come)" if self.rfile.peek(1) else "(nothing more has come)")
            self.connection.settimeout(40)
        then = reply.startswith("THENCLOSE ")
        if then:
            reply = reply[10:]
        if reply:
            self.connection.sendall(unescape(reply) + b"\r\n")
        if then:
            raise ValueError
        return reply

    def stall(self):
        self.connection.settimeout(40)
        while self.connection.recv(4096):
            pass
        raise ValueError

    def secure(self, tls, seen):
        self.connection = tls.start(self.connection, seen)
        self.rfile = self.connection.makefile("rb")

    def play(self, case, host, session, seen, tls):
        said = lambda stage, default, number=1: self.answer(case, host, session, stage, default, number)
        said("greeting", "220 next.test ESMTP")
        recipients = accepted = hellos = 0
        chunked, chunks = False, b""
        features = case.script.get("features", "PIPELINING, 8BITMIME, SIZE 10240000, DSN, ENHANCEDSTATUSCODES")
        while True:
            line = self.rfile.readline(70000)
            if not line:
                seen.append("(closed)")
                return
            text = line.decode("latin-1").rstrip("\r\n")
            seen.append(text if line.endswith(b"\r\n") else text + " (no CRLF)")
            verb = text.split(" ")[0].split(":")[0].upper()
            if verb in ("DATA", "BDAT") and "CHUNKING" in features and "shown" not in case.script:
                # Seen is the content, however it comes.
                seen.pop()
            if verb in ("EHLO", "LHLO"):
                offers = [w.strip() for w in features.split(",") if w.strip()]
                if tls and not tls.wraps and self.connection.__class__ is socket.socket:
                    offers.append("STARTTLS")
                words = ["next.test"] + offers
                hellos += 1
                said(verb.lower(), "\\r\\n".join(f"250{'-' if n < len(words) - 1 else ' '}{w}" for n, w in enumerate(words)), hellos)
            elif verb == "HELO":
                said("helo", "250 next.test")
            elif verb == "STARTTLS" and tls:
                if said("starttls", "220 2.0.0 Ready").startswith("220"):
                    self.secure(tls, seen)
            elif verb == "XFORWARD":
                said("xforward", "250 2.0.0 Ok")
            elif verb == "MAIL":
                recipients = accepted = 0
                chunked = False
                said("mail", "250 2.1.0 Ok")
            elif verb == "RCPT":
                recipients += 1
                if said("rcpt", "250 2.1.5 Ok", recipients).startswith("2"):
                    accepted += 1
            elif verb == "DATA":
                if said("data", "354 go on").startswith("3"):
                    if "early" in case.script:
                        self.answer(case, host, session, "early", "")
                    self.content(case, seen)
                    for number in range(1, (accepted if "LMTP" in case.script else 1) + 1):
                        said("dot", "250 2.0.0 Ok: taken", number)
            elif verb == "AUTH":
                # Each challenge of the script is answered by one line; the last reply ends it.
                number = 1
                while said("auth", "235 2.7.0 welcome", number).startswith("334"):
                    line = self.rfile.readline(70000)
                    if not line:
                        seen.append("(closed in authentication)")
                        return
                    seen.append(line.decode("latin-1").rstrip("\r\n"))
                    if line.upper().startswith(b"QUIT"):
                        return
                    number += 1
            elif verb == "BDAT":
                words = text.split(" ")
                chunks = (chunks if chunked else b"") + self.rfile.read(int(words[1]))
                chunked = len(words) < 3
                if chunked:
                    said("chunk", "250 2.0.0 chunk")
                    continue
                for line in chunks.split(b"\r\n")[:-1]:
                    seen.append("." * line.startswith(b".") + line.decode("latin-1"))
                seen.append("." if chunks.endswith(b"\r\n") else "(no CRLF)")
                for number in range(1, (accepted if "LMTP" in case.script else 1) + 1):
                    said("dot", "250 2.0.0 Ok: taken", number)
            elif verb == "QUIT":
                said("quit", "221 2.0.0 Bye")
                return
            elif verb == "RSET":
                said("rset", "250 2.0.0 Ok")
            else:
                said("other", "500 5.5.2 what")

    def content(self, case, seen):
        limit = int(case.script.get("readmost", "0"))
        count = 0
        while True:
            line = self.rfile.readline(70000)
            if not line:
                seen.append("(closed in content)")
                raise ValueError
            seen.append(line.decode("latin-1").rstrip("\r\n") + ("" if line.endswith(b"\r\n") else " (no CRLF)"))
            count += 1
            if line == b".\r\n":
                return
            if count == limit:
                self.interrupt(case.script.get("then", "CLOSE"))

    def interrupt(self, how):
        """Content has come in part: what happens now."""
        if how == "CLOSE":
            raise ValueError
        if how == "RESET":
            self.resets = True
            raise ValueError
        if how == "STALL":
            time.sleep(15)
            raise ValueError
        if how.startswith("SLOW "):
            # So many bytes of content every tenth of a second, for so many seconds.
            size, seconds = (int(word) for word in how[5:].split())
            for _ in range(seconds * 10):
                time.sleep(0.1)
                if not self.connection.recv(size):
                    raise ValueError
            return
        self.connection.sendall(unescape(how) + b"\r\n")


class HopServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, cases, own):
        self.cases = {case.number: case for case in cases}
        self.own = own
        self.seen, self.lock, self.playing = {}, threading.Lock(), 0
        self.folder, self.servers = None, {}
        super().__init__(("0.0.0.0", 0), Hop)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        # Ports that mean something are this side's at its own addresses only.
        for case in cases:
            for port in re.findall(r"\$OWN\.\$N\]:(\d+)", case.hop or ""):
                threading.Thread(target=self.listen, args=(self.bound(case, int(port)),), daemon=True).start()

    def bound(self, case, port):
        try:
            return socket.create_server((f"{self.own}.{case.number // 256}.{case.number % 256}", port))
        except OSError as error:
            print(f"port {port}: {error}")
            raise SystemExit(77)

    def listen(self, ear):
        while True:
            self.process_request(*ear.accept())

    @property
    def port(self):
        return self.server_address[1]

    def shutdown_request(self, request):
        self.close_request(request)  # The handler has said how it ends.

    def forget(self, cases):
        """Before a second play."""
        with self.lock:
            for case in cases:
                self.seen.pop(case.number, None)
            for key in [key for key in self.servers if key[0] in {case.number for case in cases}]:
                del self.servers[key]

    def settle(self):
        """Waits until the sessions are over, those aside that a client holds open for reuse."""
        end = time.time() + 6
        while self.playing and time.time() < end:
            time.sleep(0.05)

    def secured(self, case, host):
        """The TLS side of a case's host, one for all its sessions; None without."""
        text = case.script.get(f"{host}.tls", case.script.get("tls"))
        if text is None or text == "none":
            return None
        with self.lock:
            key = (case.number, host)
            if key not in self.servers:
                self.servers[key] = secure.Server(self.folder, text)
            return self.servers[key]


class Comsat(threading.Thread):
    """Takes notices of new mail (port 512); whose they are, the user's name says: it has the instance's $PEERPORT in it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.texts = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.socket.bind(("127.0.0.1", 512))
        except OSError:
            print("port 512 is not free")
            raise SystemExit(77)
        self.start()

    def run(self):
        while True:
            self.texts.append(self.socket.recvfrom(4096)[0].decode("latin-1"))

    def of(self, user):
        end = time.time() + 2
        while time.time() < end and not any(text.startswith(user + "@") for text in self.texts):
            time.sleep(0.05)
        return "\n".join(repr(text) for text in self.texts if text.startswith(user + "@")) or "no notice"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Instance:
    def __init__(self, suite, build, hops, dns):
        self.suite, self.build, self.hops, self.mark, self.plays = suite, build, hops, 0, 1
        self.claimed = set()
        self.dir = tempfile.mkdtemp(prefix="agree-")
        self.peer_port = free_port()
        os.chmod(self.dir, 0o755)
        self.port = free_port()
        self.run([os.path.join(HERE, "../tools/postfix-instance"), self.dir, str(self.port), str(self.hops.port)])
        self.dns = dns
        self.configure(dns)

    def run(self, command, **more):
        done = subprocess.run(command, capture_output=True, text=True, encoding="latin-1", timeout=60, stdin=subprocess.DEVNULL, **more)
        if done.returncode:
            raise SystemExit(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def expand(self, text):
        text = text.replace("$D", self.dir).replace("$PORT", str(self.hops.port)).replace("$PEERPORT", str(self.peer_port)).replace("$PEERS", str(self.suite.peers)).replace("$OWN", self.hops.own)
        text = text.replace("$SMTP", str(self.port)).replace("$SBIN", f"{self.build}/sbin" if self.build else "/usr/sbin").replace("$HERE", HERE).replace("$PLAY", str(self.plays))
        if self.suite.shared:
            # A certificate's fingerprint: $PRINT(name), of its key $KEYPRINT(name).
            print_of = lambda match: self.suite.certificates.fingerprint(match[2], match[1] == "KEY", (match[3] or ":sha256")[1:])
            text = re.sub(r"\$(KEY)?PRINT\((\w+)(:\w+)?\)", print_of, text.replace("$T", self.suite.shared))
        return text

    def configure(self, dns):
        D = self.dir
        os.mkdir(f"{D}/libexec")
        for name in os.listdir("/usr/lib/postfix/sbin"):
            os.symlink(f"/usr/lib/postfix/sbin/{name}", f"{D}/libexec/{name}")
        if self.build:
            for name in self.suite.agents + ["run-as"]:
                target = f"{D}/libexec/{name}"
                if os.path.lexists(target):
                    os.unlink(target)
                os.symlink(os.path.realpath(f"{self.build}/libexec/{'smtp' if name == 'lmtp' else name}"), target)
        main = [f"daemon_directory = {D}/libexec", f"transport_maps = texthash:{D}/etc/transport", "default_process_limit = 200",
                "minimal_backoff_time = 3000s", "maximal_backoff_time = 4000s", "queue_run_delay = 3000s", "mail_name = Postfix",
                "bounce_notice_recipient = n@src.test", "2bounce_notice_recipient = n@src.test", "error_notice_recipient = n@src.test",
                "smtp_host_lookup = dns" if dns else "smtp_host_lookup = native", "smtp_fallback_relay =",
                f"disable_dns_lookups = {'no' if dns else 'yes'}", f"mail_spool_directory = {D}/mail/", "default_destination_concurrency_limit = 20",
                "max_idle = 20s", "initial_destination_concurrency = 20", "biff = no", "trace_service_name = trace", "smtpd_sender_restrictions =",
                f"alias_maps = texthash:{D}/aliases", "append_dot_mydomain = no", "myorigin = example.test"]
        if self.build and dns:
            main.append(f"dns_forward_address = {dns}@53")
        main += [self.expand(line) for line in self.suite.main] + ([self.expand(line) for line in self.suite.ours] if self.build else [])
        # Without repetition: Debian's log service hangs when it has to warn about many of them.
        with open(f"{D}/etc/main.cf", encoding="latin-1") as file:
            values = dict(line.split(" =", 1) for line in file.read().split("\n") + main if " =" in line)
        with open(f"{D}/etc/main.cf", "w", encoding="latin-1") as file:
            file.write("".join(f"{name} ={value}\n" for name, value in values.items()))
        names = [line.split()[0] for line in self.suite.services]
        with open(f"{D}/etc/master.cf", encoding="latin-1") as file:
            master = [line for line in file.read().split("\n") if line.split(" ")[0] not in names]
        for line in self.suite.services:
            name, rest = line.split(" ", 1)
            root = rest.split()[0] in ("local", "virtual", "pipe", "spawn")
            master.append(f"{name} unix - {'n' if root else '-'} n - - {self.expand(rest)}")
        master += [self.expand(line) for line in self.suite.master]
        with open(f"{D}/etc/master.cf", "w", encoding="latin-1") as file:
            file.write("\n".join(master) + "\n")
        with open(f"{D}/etc/transport", "w", encoding="latin-1") as file:
            file.write("src.test discard:notice\n")
            for case in self.suite.cases:
                number = case.number
                hop = case.hop if case.hop is not None else self.suite.hop or f"[127.1.{number // 256}.{number % 256}]:$PORT"
                hop = hop.replace("$C", case.name).replace("$N", f"{number // 256}.{number % 256}")
                file.write(f"{case.name}.test {case.service}:{self.expand(hop)}\n")
        os.mkdir(f"{D}/mail")
        os.chmod(f"{D}/mail", 0o1777)
        open(f"{D}/aliases", "a").close()
        passwd = open("/etc/passwd").read().rstrip("\n").split("\n")
        group = open("/etc/group").read().rstrip("\n").split("\n")
        for line in self.suite.users:
            name, uid, home, shell = (self.expand(line).split() + ["/bin/sh"])[:4]
            passwd.append(f"{name}:x:{uid}:{uid}::{home}:{shell}")
            group.append(f"{name}:x:{uid}:")
            os.makedirs(home, exist_ok=True)
            os.chown(home, int(uid), int(uid))
        open(f"{D}/passwd", "w").write("\n".join(passwd) + "\n")
        open(f"{D}/group", "w").write("\n".join(group) + "\n")
        open(f"{D}/resolv.conf", "w").write(f"nameserver {dns}\noptions timeout:{'5' if self.suite.shared else '1'} attempts:2 edns0 trust-ad\n" if dns else "")
        for head, text in self.suite.setup:
            if head is None:
                self.shell(text)
                continue
            words = self.expand(head).split()
            os.makedirs(os.path.dirname(words[0]), exist_ok=True)
            with open(words[0], "w", encoding="latin-1") as file:
                file.write(self.expand(text))
            os.chmod(words[0], int(words[1], 8) if len(words) > 1 else 0o644)
            if len(words) > 2:
                os.chown(words[0], int(words[2]), int(words[2]))
        for case in self.suite.cases:
            for line in case.setup:
                self.shell(line)

    def shell(self, text):
        return subprocess.run(["/bin/bash", "-c", self.expand(text)], cwd=self.dir, capture_output=True, text=True, encoding="latin-1", timeout=60, stdin=subprocess.DEVNULL).stdout

    def start(self):
        D = self.dir
        binds = "; ".join(f"mount --bind {D}/{name} /etc/{name}" for name in ("passwd", "group") + (("resolv.conf",) if self.dns else ()))
        self.run(["unshare", "-m", "--propagation", "private", "bash", "-ec", f"{binds}; exec postfix -c {D}/etc start"])

    def stop(self, keep):
        subprocess.run(["postfix", "-c", f"{self.dir}/etc", "stop"], capture_output=True, timeout=60)
        for command in self.suite.stops:
            self.shell(command)
        self.hops.shutdown()
        self.hops.server_close()
        if not keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    def log(self):
        with open(f"{self.dir}/mail.log", encoding="latin-1") as file:
            file.seek(self.mark)
            return file.read()

    def begin_again(self, cases):
        """Before a second play: what was logged up to now does not count."""
        self.plays += 1
        self.mark = os.path.getsize(f"{self.dir}/mail.log")
        self.hops.forget(cases)
        for case in cases:
            case.queued.pop(self, None)
            case.known.pop(self, None)

    def submit(self, cases):
        with socket.create_connection(("127.0.0.1", self.port), 30) as s:
            file = s.makefile("rwb")

            def ask(line, expect):
                if line is not None:
                    file.write(line.encode("latin-1") + b"\r\n")
                    file.flush()
                while True:
                    reply = file.readline().decode("latin-1")
                    if reply[3:4] != "-":
                        break
                if not reply.startswith(expect):
                    raise SystemExit(f"{line}: {reply}\n{self.log()[-2000:]}")
                return reply

            ask(None, "220")
            ask("EHLO client.test", "250")
            for case in cases:
                sender = "s@src.test" if case.sender is None else case.sender
                ask(f"MAIL FROM:<{sender}>{case.mail}", "250")
                for to in case.to or ["r"]:
                    to = self.expand(to)
                    ask(f"RCPT TO:<{to if '@' in to else to + '@' + case.name + '.test'}>{case.rcpt}", "250")
                ask("DATA", "354")
                body = case.body if case.body is not None else "Subject: test\nMessage-ID: <m@src.test>\n\nhello\n"
                text = body.encode("latin-1").decode("unicode_escape") if "\\x" in body else body
                for line in text.split("\n")[:-1]:
                    file.write(b"." * line.startswith(".") + line.encode("latin-1") + b"\r\n")
                case.queued[self] = ask(".", "250").split(" as ")[1].strip()
            ask("QUIT", "221")

    def wait(self, cases):
        end = time.time() + LIMIT
        missing = []
        while time.time() < end:
            log = self.log()
            missing = []
            for case in cases:
                wanted = case.lines if case.lines is not None else max(1, len(case.to))
                have = len(re.findall(rf"\]: {case.queued[self]}: to=<.*status=", log))
                if have < wanted:
                    missing.append(case.name)
            if not missing:
                return
            time.sleep(0.2)
        print(f"{self.dir}: no final line for {' '.join(missing)}\n" + "\n".join(l for l in log.split("\n") if "fatal" in l or "panic" in l or "rror" in l)[-3000:])

    def clean(self, text):
        text = text.replace(self.dir, "$D").replace(str(self.hops.port), "PORT").replace(f"biff{self.peer_port}", "biff").replace(OWN[1], OWN[0])
        text = re.sub(r"delay=[\d.]+, delays=[\d./]+, ", "", text)
        text = re.sub(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [A-Z0-9][\w :]*\d\d:\d\d:\d\d( [+-]\d{4})?( \(\w+\)| \d{4})?", "DATE", text)
        text = re.sub(r"\bPORT=\d+", "PORT=N", text)
        text = re.sub(r"^(AUTH SCRAM-\S+ (?:biws|bixhPXVzZXIs))\S+", r"\1NONCE", text)
        text = re.sub(r"\d\d:\d\d:\d\d \+0000 \(UTC\)", "TIME", text)
        text = re.sub(r"SIZE=\d+", "SIZE=N", text)
        text = re.sub(r"message size \d+ exceeds", "message size N exceeds", text)
        text = re.sub(r"\b[0-9A-F]{9,14}\b", "QID", text)
        text = re.sub(r"<\d{14}\.QID@", "<QID@", text)
        text = re.sub(r"(\d{9,11}|QID)\.[PV][\w]+\.[\w.-]+", "MAILDIRFILE", text)
        return text

    def results(self, case):
        shown = []
        for command in case.show:
            shown.append(f"--- {command}")
            if command.startswith("comsat "):
                shown.append(self.clean(self.suite.comsat.of(self.expand(command[7:]))))
                continue
            shown.append(self.clean(self.shell(command.replace("$ID", case.queued[self]))))
        lines = []
        pattern = re.compile(rf"{case.queued[self]}|[@ =/.]{re.escape(case.name)}\.test|127\.(?:[1-8]|6[12])\.{case.number // 256}\.{case.number % 256}\b" + "".join("|" + re.escape(e) for e in case.extra))
        for line in self.log().split("\n"):
            match = re.match(r"\w+ +\d+ [\d:]+ \S+ postfix\S*?/(\w+)\[\d+\]: (.*)", line)
            if match and match[1] == "qmgr" and match[2].endswith(": removed"):
                continue  # Comes after the line that is waited for.
            if match and match[1] in self.suite.agents and pattern.search(match[2]):
                lines.append(self.clean(f"{match[1]}: {match[2]}"))
        lines.sort()
        self.claimed.update(lines)
        # How often a failed lookup is repeated within one delivery is nobody's business.
        lines = [line for n, line in enumerate(lines) if n == 0 or line != lines[n - 1] or "lookup problem" not in line]
        sessions = []
        for host, seen in [] if case.quiet else self.hops.seen.get(case.number, []):
            sessions.append(f"--- session with {host}")
            # How a secured connection goes down after the last command is a matter of microseconds.
            end = len(seen) - 1 if len(seen) > 1 and seen[-2] == "QUIT" and seen[-1].startswith("(") else len(seen)
            sessions += [self.clean(line) for line in seen[:end]]
        return [re.sub(case.same, "*", line) for line in lines + sessions + shown] if case.same else lines + sessions + shown

    def leftover(self):
        """Warnings and errors of the agents and of master that belong to no case, each once."""
        found = set()
        for line in self.log().split("\n"):
            match = re.match(r"\w+ +\d+ [\d:]+ \S+ postfix\S*?/(\w+)\[\d+\]: (.*)", line)
            if match and match[1] in self.suite.agents + ["master", "qmgr"] and re.match(r"(fatal|panic|warning|error)", match[2]):
                text = re.sub(r"\b(pid|process id) \d+", r"\1 N", self.clean(f"{match[1]}: {match[2]}"))
                # What keeps a command from being executed is said by Debian's agent in the child, which dies of it; by ours in the agent.
                text = re.sub(r"fatal: (?=(\w+: )?execvp|cannot change directory)", "warning: ", text)
                if text not in self.claimed and not any(re.search(pattern, text) for pattern in TOLERATED + self.suite.tolerated):
                    found.add(text)
        return found


def play(cases, theirs, ours, shows):
    """Delivers the cases by both at once; those that differ."""
    threads = [threading.Thread(target=lambda i=instance: (i.submit(cases), i.wait(cases), i.hops.settle())) for instance in (theirs, ours) if instance]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.3)

    # What the cases show is asked of both at once, of each in the order of the cases.
    def ask(instance):
        for case in cases:
            if instance in case.queued:
                case.known[instance] = instance.results(case)

    threads = [threading.Thread(target=ask, args=(instance,)) for instance in (theirs, ours) if instance]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    differing = []
    for case in cases:
        if (theirs and theirs not in case.queued) or ours not in case.queued:
            case.difference = "not submitted"
            differing.append(case)
            continue
        if ours not in case.known or (theirs and theirs not in case.known):
            case.difference = "not shown"
            differing.append(case)
            continue
        got = case.known[ours]
        if theirs is None:
            # What Debian's version does not know: the case itself says what is to come.
            text = "\n".join(got)
            missing = [f"-{w}" for w in case.wants if not re.search(w, text, re.M)] + [f"+{n}" for n in case.nevers if re.search(n, text, re.M)]
            if missing or not case.wants:
                case.difference = "\n".join(missing + got)
                differing.append(case)
            elif shows:
                print(f"=== {case.name}\n" + text)
            continue
        want = case.known[theirs]
        if got != want:
            case.difference = "\n".join(l for l in difflib.unified_diff(want, got, "Postfix", "ours", lineterm="", n=1) if not l.startswith(("---  ", "+++ ")))
            differing.append(case)
        elif shows:
            print(f"=== {case.name}\n" + "\n".join(want))
    return differing


def main():
    words = [w for w in sys.argv[1:] if not w.startswith("--")]
    if os.geteuid() or not os.path.exists("/usr/lib/postfix/sbin/master"):
        raise SystemExit(77)
    suite = Suite(words[0])
    if "--only" in sys.argv:
        names = words[2].split(",")
        suite.cases = [c for c in suite.cases if c.name in names]
    began = time.time()
    for program in suite.needs:
        if not os.path.exists(program):
            print(f"{program} is missing")
            raise SystemExit(77)
    if suite.unpacks:
        suite.peers = tempfile.mkdtemp(prefix="agree-peers-")
        os.chmod(suite.peers, 0o755)
        if subprocess.run([os.path.join(HERE, "../tools/unpack-peer"), suite.peers, *" ".join(suite.unpacks).split()], capture_output=True).returncode:
            print(f"cannot get the packages {' '.join(suite.unpacks)}")
            shutil.rmtree(suite.peers, ignore_errors=True)
            raise SystemExit(77)
    hops = [HopServer(suite.cases, OWN[0]), HopServer(suite.cases, OWN[1])]
    dns = Dns([line.replace("$PORT", str(hops[1].port)) for line in suite.dns]).address if suite.dns else None
    if suite.certs:
        suite.shared, suite.certificates, suite.zones = secure.prepare(suite, [hop.port for hop in hops])
        for hop in hops:
            hop.folder = suite.shared
        suite.ours.append("dns_trust_anchor_file = $T/anchor")
    validating, plain = (suite.zones.validating, suite.zones.plain) if suite.zones else (dns, dns)
    theirs, ours = None if suite.alone else Instance(suite, None, hops[0], validating), Instance(suite, os.path.abspath(words[1]), hops[1], plain)
    keep = "--keep" in sys.argv
    bad = 0
    try:
        for instance in filter(None, (theirs, ours)):
            instance.start()
        differing = play(suite.cases, theirs, ours, "--show" in sys.argv)
        left = [instance.leftover() for instance in filter(None, (theirs, ours))]
        if differing:
            # What differs once may be a matter of microseconds, and then it is the case that is to be mended: so it is said
            # loudly. What differs twice is a difference.
            names = ",".join(case.name for case in differing)
            print("\n".join(f"=== {case.name} differs\n{case.difference}" for case in differing), file=sys.stderr)
            print(f"SECOND PLAY of {os.path.basename(words[0])}, since these cases differ: {names}", file=sys.stderr, flush=True)
            for instance in filter(None, (theirs, ours)):
                instance.begin_again(differing)
            again = play(differing, theirs, ours, "--show" in sys.argv)
            bad = len(again)
            for case in again:
                print(f"=== {case.name} differs\n{case.difference}")
        if not bad and theirs and "--only" not in sys.argv:
            wrong = stages.hold(words[0], [(case.name, case.known[theirs]) for case in suite.cases], "--write" in sys.argv)
            if wrong:
                bad = 1
                print("=== docs/FAILURE-STAGES.md is not what this run shows (run.py --write writes it)\n" + "\n".join(wrong))
        if left[0] != left[-1] and not bad and "--only" not in sys.argv:
            # Whether a line is logged may have been a matter of time: all once more, and what either play showed counts.
            print(f"SECOND PLAY of {os.path.basename(words[0])}, since lines of no case differ: {sorted(left[0] ^ left[-1])}", file=sys.stderr, flush=True)
            for instance in (theirs, ours):
                instance.begin_again(suite.cases)
            play(suite.cases, theirs, ours, False)
            left = [before | instance.leftover() for before, instance in zip(left, (theirs, ours))]
        if "--show" in sys.argv:
            print("=== lines of no case\n" + "\n".join(sorted(left[0])))
        if left[0] != left[-1]:
            bad += 1
            print("=== lines of no case differ\n" + "\n".join(l for l in difflib.unified_diff(sorted(left[0]), sorted(left[-1]), "Postfix", "ours", lineterm="", n=0)))
        print(f"{os.path.basename(words[0])}: {len(suite.cases)} cases, {bad} differ, {time.time() - began:.0f} s")
    finally:
        for instance in filter(None, (theirs, ours)):
            instance.stop(keep)
            if keep:
                print(instance.dir)
        if suite.peers:
            shutil.rmtree(suite.peers, ignore_errors=True)
        if suite.zones:
            suite.zones.stop()
            if not keep:
                shutil.rmtree(suite.shared, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
