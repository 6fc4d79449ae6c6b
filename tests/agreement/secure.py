"""What the cases about TLS and DANE need: certificates, signed zones, a resolver that validates and one that does not."""
import hashlib, os, re, shutil, signal, socket, ssl, subprocess, tempfile, time

UNSIGNED = "plain"  # A top-level domain outside the signed one.


def run(command, cwd, data=None):
    done = subprocess.run(command, cwd=cwd, input=data, capture_output=True, timeout=60)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout


class Certificates:
    """Made from @cert lines: NAME issuer=CA cn=TEXT san=NAME,... ca days=N key=rsa|ec; NAME.pem is key, certificate, chain."""

    def __init__(self, folder, lines, cases):
        self.folder = folder
        revoked = {}
        for line in lines:
            name, *words = line.split()
            options = dict(option.partition("=")[::2] for option in words)
            self.make(name, options, cases)
            if "revoked" in options:
                revoked.setdefault(options["issuer"], []).append(name)
        for issuer, names in revoked.items():
            self.revoke(issuer, names)

    def revoke(self, issuer, names):
        """ISSUER.crl: the authority with the list of what it revoked; ISSUER.d: the same as a folder."""
        with open(f"{self.folder}/crl.cnf", "w") as file:
            file.write("[ca]\ndefault_ca=own\n[own]\ndatabase=crl.index\ndefault_md=sha256\ndefault_crl_days=30\n")
        with open(f"{self.folder}/crl.index", "w") as file:
            for name in names:
                serial = run(["openssl", "x509", "-in", f"{name}.crt", "-noout", "-serial"], self.folder).decode().strip().partition("=")[2]
                file.write(f"R\t301231235959Z\t200101000000Z\t{serial}\tunknown\t/CN={name}\n")
        run(["openssl", "ca", "-config", "crl.cnf", "-gencrl", "-cert", f"{issuer}.crt", "-keyfile", f"{issuer}.key", "-out", "list.pem"], self.folder)
        hashed = run(["openssl", "x509", "-in", f"{issuer}.crt", "-noout", "-hash"], self.folder).decode().strip()
        os.mkdir(f"{self.folder}/{issuer}.d")
        shutil.copy(f"{self.folder}/{issuer}.crt", f"{self.folder}/{issuer}.d/{hashed}.0")
        shutil.copy(f"{self.folder}/list.pem", f"{self.folder}/{issuer}.d/{hashed}.r0")
        with open(f"{self.folder}/{issuer}.crl", "w") as file:
            file.write(open(f"{self.folder}/{issuer}.crt").read() + open(f"{self.folder}/list.pem").read())
        for path in (f"{issuer}.d", f"{issuer}.crl", f"{issuer}.d/{hashed}.0", f"{issuer}.d/{hashed}.r0"):
            os.chmod(f"{self.folder}/{path}", 0o755)

    def make(self, name, options, cases):
        names = []
        for text in filter(None, options.get("san", "").split(",")):
            names += [text.replace("$C", case.name) for case in cases] if "$C" in text else [text]
        key = ["-newkey", "rsa:2048"] if options.get("key") == "rsa" else ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        extensions = [f"subjectAltName={','.join('DNS:' + n for n in names)}"] if names else []
        extensions.append("basicConstraints=critical,CA:" + ("TRUE" if "ca" in options else "FALSE"))
        if "usage" in options:
            extensions.append("extendedKeyUsage=" + options["usage"])
        issuer = options.get("issuer")
        command = ["openssl", "req", "-x509", "-nodes", *key, "-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", options.get("days", "30"),
                   "-subj", "/CN=" + options["cn"] if "cn" in options else "/O=" + name, "-config", "/dev/null", "-set_serial", str(1 + sum(name.encode()))]
        # Without a configuration file there is no section that adds extensions of its own.
        with open(f"{self.folder}/req.cnf", "w") as file:
            file.write("[req]\ndistinguished_name=dn\n[dn]\n[ext]\n" + "\n".join(extensions) + "\n")
        command[command.index("/dev/null")] = "req.cnf"
        command += ["-extensions", "ext"]
        if issuer:
            command += ["-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key"]
        days = int(options.get("days", "30"))
        run([word if word != str(days) else "30" for word in command], self.folder)
        if days < 0:
            # "req" makes none that has expired.
            run(["openssl", "x509", "-x509toreq", "-in", f"{name}.crt", "-signkey", f"{name}.key", "-out", f"{name}.csr"], self.folder)
            run(["openssl", "x509", "-req", "-in", f"{name}.csr", "-days", str(days), "-extfile", "req.cnf", "-extensions", "ext", "-out", f"{name}.crt",
                 "-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key", "-set_serial", "7"], self.folder)
        chain = [name]
        while issuer and os.path.exists(f"{self.folder}/{issuer}.issuer"):
            chain.append(issuer)
            issuer = open(f"{self.folder}/{issuer}.issuer").read()
        if options.get("issuer"):
            open(f"{self.folder}/{name}.issuer", "w").write(options["issuer"])
        if "sendroot" in options:
            chain.append(issuer)
        if "bare" in options:
            chain = chain[:1]
        with open(f"{self.folder}/{name}.pem", "w") as file:
            file.write(open(f"{self.folder}/{name}.key").read() + "".join(open(f"{self.folder}/{link}.crt").read() for link in chain))
        os.chmod(f"{self.folder}/{name}.pem", 0o644)

    def der(self, name):
        return run(["openssl", "x509", "-in", f"{name}.crt", "-outform", "der"], self.folder)

    def key_der(self, name):
        return run(["openssl", "pkey", "-pubin", "-pubout", "-outform", "der"], self.folder, run(["openssl", "x509", "-in", f"{name}.crt", "-noout", "-pubkey"], self.folder))

    def fingerprint(self, name, key=False, digest="sha256"):
        return hashlib.new(digest, self.key_der(name) if key else self.der(name)).hexdigest().upper()

    def association(self, usage, selector, matching, name):
        """The data of a TLSA record; a name with ! in front gives one that does not match."""
        wrong, name = name.startswith("!"), name.lstrip("!")
        data = self.key_der(name) if selector == "1" else self.der(name)
        data = {"1": lambda d: hashlib.sha256(d).digest(), "2": lambda d: hashlib.sha512(d).digest()}.get(matching, lambda d: d)(data)
        return data[:-1] + bytes([data[-1] ^ 1]) if wrong else data


class Zones:
    """Writes "test." (signed) and "plain." (not signed), and runs the servers that answer for them."""

    def __init__(self, folder, suite, ports, certificates):
        self.folder, self.processes = folder, []
        signed, unsigned = [], []
        for case in suite.cases:
            own = f"127.{{}}.{case.number // 256}.{case.number % 256}"
            text = case.script.get("zone", "@ MX 10 mx; mx A $A").replace("$C", case.name)
            for zone, lines in (("test", signed), (UNSIGNED, unsigned)):
                base = f"{case.name}.{zone}."
                for record in text.split(";"):
                    words = record.replace("$A", own.format(1)).replace("$B", own.format(2)).split()
                    owner, *rest = words
                    full = lambda n: base if n == "@" else n if n.endswith(".") else f"{n}.{base}"
                    if rest[0] in ("MX", "CNAME", "SRV"):
                        rest[-1] = full(rest[-1])
                    lines.append(f"{full(owner)} {' '.join(rest)}")
                for record in filter(None, case.script.get("tlsa", "").split(";")):
                    usage, selector, matching, name, *at = record.split()
                    owner = full(at[0][1:].replace("$C", case.name)) if at else f"mx.{base}"
                    data = bytes.fromhex(name[2:]) if name.startswith("0x") else certificates.association(usage, selector, matching, name)
                    lines += [f"_{port}._tcp.{owner} TLSA {usage} {selector} {matching} {data.hex()}" for port in ports]
        for line in suite.zone:
            (unsigned if line.split()[0].endswith(f".{UNSIGNED}.") else signed).append(line)
        for name, lines in (("test", signed), (UNSIGNED, unsigned)):
            with open(f"{folder}/{name}.zone", "w") as file:
                file.write(f"$ORIGIN {name}.\n$TTL 60\n{name}. SOA ns.{name}. root.{name}. 1 3600 600 86400 60\n{name}. NS ns.{name}.\nns.{name}. A 127.0.0.1\n"
                           + "\n".join(lines) + "\n")
        key = run(["ldns-keygen", "-a", "ECDSAP256SHA256", "-k", "test"], folder).decode().strip()
        run(["ldns-signzone", "-n", "-f", "test.signed", "test.zone", key], folder)
        self.spoil(suite)
        shutil.copy(f"{folder}/{key}.ds", f"{folder}/anchor")
        os.chmod(f"{folder}/anchor", 0o644)
        self.validating, self.plain = self.serve("validating", "validator iterator"), self.serve("forwarding", "iterator")

    # "bogus: OWNER TYPE" of a case: the signature does not fit any more.
    def spoil(self, suite):
        with open(f"{self.folder}/test.signed") as file:
            lines = file.read().split("\n")
        for case in suite.cases:
            for what in filter(None, case.script.get("bogus", "").split(";")):
                owner, kind = what.split()
                owner = "" if owner == "@" else owner + "."
                pattern = re.compile(rf"(_\d+\._tcp\.)?{re.escape(owner)}{re.escape(case.name)}\.test\.\s.*\sRRSIG\s+{kind}\s")
                done = False
                for i, line in enumerate(lines):
                    match = pattern.match(line)
                    if match and (kind == "TLSA") == bool(match[1]):
                        # In the middle of the signature: its last characters may hold bits that do not count.
                        signature = re.search(r"[A-Za-z0-9+/]{40,}", line)
                        at = signature.start() + 20
                        lines[i] = line[:at] + ("B" if line[at] == "A" else "A") + line[at + 1:]
                        done = True
                assert done, f"{case.name}: nothing to spoil: {what}"
        with open(f"{self.folder}/test.signed", "w") as file:
            file.write("\n".join(lines))

    def serve(self, name, modules):
        for last in range(9, 250):
            address = f"127.9.9.{last}"
            try:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.bind((address, 53))
                break
            except OSError:
                continue
        with open(f"{self.folder}/{name}.conf", "w") as file:
            file.write(f"""server:
  interface: {address}
  port: 53
  chroot: ""
  username: ""
  directory: "{self.folder}"
  pidfile: ""
  use-syslog: no
  logfile: "{self.folder}/{name}.log"
  do-daemonize: no
  do-ip6: no
  do-not-query-localhost: no
  num-threads: 1
  module-config: "{modules}"
  trust-anchor-file: "{self.folder}/anchor"
  local-zone: "test." transparent
  access-control: 127.0.0.0/8 allow
  outgoing-range: 64
  num-queries-per-thread: 64
remote-control:
  control-enable: no
auth-zone:
  name: "test."
  zonefile: "{self.folder}/test.signed"
  for-downstream: no
  for-upstream: yes
auth-zone:
  name: "{UNSIGNED}."
  zonefile: "{self.folder}/{UNSIGNED}.zone"
  for-downstream: no
  for-upstream: yes
""")
        process = subprocess.Popen(["unbound", "-c", f"{self.folder}/{name}.conf", "-d"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        query = b"\0\1\1\0\0\1\0\0\0\0\0\0\4test\0\0\6\0\1"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.3)
            for _ in range(100):
                try:
                    client.sendto(query, (address, 53))
                    if client.recv(512)[:2] == b"\0\1":
                        return address
                except OSError:
                    if process.poll() is not None:
                        raise SystemExit(f"unbound: {open(f'{self.folder}/{name}.log').read()}")
                    time.sleep(0.05)
        raise SystemExit("unbound does not answer")

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(20)


class Server:
    """The TLS side of a case's next hop: "tls: CERT [min=1.3] [max=1.2] [ciphers=...] [client=CA] [sni=NAME:CERT] [wrap] [how=...]"."""
    VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

    def __init__(self, folder, text):
        self.folder = folder
        self.certificate, *options = text.split()
        self.options = dict(option.partition("=")[::2] for option in options)
        self.how = self.options.get("how", "")
        self.wraps = "wrap" in self.options
        self.context = self.make(self.certificate)
        if "sni" in self.options:
            name, _, certificate = self.options["sni"].partition(":")
            other = self.make(certificate)

            def choose(connection, asked, context):
                connection.asked = asked
                if asked == name:
                    connection.context = other
            self.context.sni_callback = choose
        else:
            self.context.sni_callback = lambda connection, asked, context: setattr(connection, "asked", asked)

    def make(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        options = self.options
        if certificate != "anonymous":
            context.load_cert_chain(f"{self.folder}/{certificate}.pem")
        context.minimum_version = self.VERSIONS[options.get("min", "1.2")]
        context.maximum_version = self.VERSIONS[options.get("max", "1.3")]
        if "ciphers" in options:
            context.set_ciphers(options["ciphers"])
        if "client" in options:
            context.verify_mode = ssl.CERT_REQUIRED if "required" in options else ssl.CERT_OPTIONAL
            context.load_verify_locations(f"{self.folder}/{options['client']}.crt")
        return context

    def start(self, connection, seen):
        if self.how == "close":
            raise ValueError
        if self.how == "garbage":
            # Not before the client begins: in one packet with the reply to STARTTLS it would be an injected reply.
            connection.settimeout(40)
            connection.recv(1, socket.MSG_PEEK)
            connection.sendall(b"500 what do you mean by this, this is no TLS at all\r\n" * 4)
            raise ValueError
        if self.how == "stall":
            connection.settimeout(40)
            while connection.recv(4096):
                pass
            raise ValueError
        try:
            # In two steps: what failed in the first one would be closed at once, with a reset where something was unread.
            secured = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            secured.do_handshake()
        except (ssl.SSLError, OSError) as error:
            seen.append(f"(TLS failed: {getattr(error, 'reason', None) or type(error).__name__})")
            raise ValueError
        peer = secured.getpeercert() or {}
        name = ",".join(value for part in peer.get("subject", ()) for _, value in part)
        seen.append(f"({secured.version()} {secured.cipher()[0]} sni={getattr(secured, 'asked', None)} client={name or None} resumed={secured.session_reused})")
        return secured


def prepare(suite, ports):
    """The folder with certificates and zones; exit 77 where programs for it are missing."""
    for program in ("openssl", "unbound", "ldns-keygen", "ldns-signzone"):
        if not shutil.which(program):
            print(f"{program} is missing")
            raise SystemExit(77)
    folder = tempfile.mkdtemp(prefix="agree-tls-")
    os.chmod(folder, 0o755)
    certificates = Certificates(folder, suite.certs, suite.cases)
    return folder, certificates, Zones(folder, suite, ports, certificates)
