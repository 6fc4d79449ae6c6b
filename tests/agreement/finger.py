#!/usr/bin/env python3
"""Runs Debian's posttls-finger and ours against the same servers, and compares what they say.

    finger.py PROGRAM [--show] [--only WORDS]

Exit status 0: all agree. 77: something needed is missing here.
"""
import concurrent.futures, os, re, shutil, socketserver, ssl, subprocess, sys, tempfile, threading

THEIRS = "/usr/sbin/posttls-finger"
NAME = "mx.finger.test"


class Server(socketserver.ThreadingTCPServer):
    """One server for one run of one program. A mode is a word, and what follows its plus signs:

    a,b,a    the names that it has, connection after connection
    tls12, notickets, nothing, fresh    TLS 1.2; no tickets; neither tickets nor session IDs; other keys each time
    ip, ec    a certificate with an address in it; one with an elliptic key
    """
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mode, folder):
        self.mode, *self.words = mode.split("+")
        self.names = next((word.split(",") for word in self.words if "," in word), [NAME])
        self.folder, self.count, self.said = folder, 0, []
        self.context = self.new_context()
        super().__init__(("127.0.0.1", 0), Session)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def new_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        name = next((word for word in self.words if word in ("ip", "ec")), "srv")
        context.load_cert_chain(f"{self.folder}/{name}.pem", f"{self.folder}/{'ec' if name == 'ec' else 'srv'}.key")
        if "tls12" in self.words:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        if "notickets" in self.words:
            context.num_tickets = 0
        if "nothing" in self.words:
            context.options |= ssl.OP_NO_TICKET
        return context

    def handle_error(self, request, address):
        pass


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        server, stream = self.server, self.request
        mode, number = server.mode, server.count
        server.count += 1
        name, said = server.names[number % len(server.names)], server.said
        again = number > 0
        context = server.new_context() if "fresh" in server.words else server.context
        stream.settimeout(30)
        if mode in ("cutgreeting", "slowgreeting") or (mode == "once" and again):
            return self.leave("greeting")
        if mode == "wrap":
            stream = context.wrap_socket(stream, server_side=True)
        stream.sendall(b"554 go away\r\n" if mode == "closed" else b"hello\r\n" if mode == "junkgreeting" else f"220 {name} ESMTP\r\n".encode())
        file = stream.makefile("rb")
        while line := file.readline(4096):
            said.append(line.decode("latin-1").strip())
            word = line.split()[0].upper()
            if mode[-len(word):] == word.decode().lower() and mode[:3] in ("cut", "slo"):
                return self.leave(word)
            if word in (b"EHLO", b"LHLO"):
                offers = not isinstance(stream, ssl.SSLSocket) and mode != "plain" and not (mode == "plainlater" and again)
                stream.sendall(b"502 no\r\n" if mode == "noehlo" or (mode == "noehlolater" and again) else b"hello\r\n" if mode == "junkehlo" else
                               f"250-{name}\r\n250-PIPELINING\r\n".encode() + (b"250-STARTTLS\r\n" if offers else b"") + b"250 8BITMIME\r\n")
            elif word == b"STARTTLS":
                if mode == "refuse" or (mode == "refuselater" and again):
                    stream.sendall(b"454 4.7.0 not now\r\n")
                    continue
                stream.sendall(b"220 go\r\n")
                stream = context.wrap_socket(stream, server_side=True)
                said.append(f"resumed {stream.session_reused}")
                file = stream.makefile("rb")
            elif word == b"QUIT":
                stream.sendall(b"221 bye\r\n")
                return
            else:
                stream.sendall(b"250 ok\r\n")

    def leave(self, stage):
        if self.server.mode.startswith("slow"):
            self.request.settimeout(20)
            self.request.recv(1)


def certificate(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "2")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "srv.key", "-out", "srv.csr", "-subj", f"/CN={NAME}")
    with open(f"{folder}/names", "w") as file:
        file.write(f"subjectAltName=DNS:{NAME},DNS:finger.test\n")
    openssl("x509", "-req", "-in", "srv.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "srv.pem", "-days", "2", "-extfile", "names")
    with open(f"{folder}/addresses", "w") as file:
        file.write(f"subjectAltName=DNS:{NAME},IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "srv.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "ip.pem", "-days", "2", "-extfile", "addresses")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ec.key", "-out", "ec.pem", "-subj", f"/CN={NAME}", "-days", "2")
    text = subprocess.run(["openssl", "x509", "-in", "srv.pem", "-noout", "-fingerprint", "-sha256"], cwd=folder, check=True, capture_output=True, text=True).stdout
    return text.strip().split("=")[1]


# SERVER and the words of the command line; $D is the folder of the certificates, $F the certificate's fingerprint.
CASES = """
usual -h native
usual -h native -l may
usual -c -h native -l may
usual -c -h native -l encrypt
usual -h native -l none
usual -c -h native -l none
usual -c -h native -l verify -F $D/ca.pem : mx.finger.test
usual -c -h native -l verify -F $D/ca.pem : other.test
usual -c -h native -l verify -F $D/ca.pem : .finger.test
usual -c -h native -l verify -F $D/ca.pem : MX.Finger.Test other.test
usual -c -h native -l verify : mx.finger.test
usual -c -h native -l secure -F $D/ca.pem
usual -c -h native -l secure -F $D/ca.pem : finger.test
usual -c -h native -l secure : finger.test
usual -c -h native -l fingerprint : $F
usual -c -h native -l fingerprint -d sha1 : DE:40:87:35:1C:1A:A0:54:B7:96:C4:67:9E:D4:C2:8A:F1:BB:F1:EB
usual -c -h native -l dane
usual -c -h native -l dane : mx.finger.test
usual -c -h native -l dane-only
usual -c -C -h native -l may
usual -c -C -L none -h native -l verify -F $D/ca.pem : mx.finger.test
usual -c -h native -d sha1 -l encrypt
usual -c -h native -d sha512 -l encrypt
usual -c -h native -L none -l may
usual -c -h native -L none,peercert -l may
usual -c -h native -L untrusted -l may
usual -c -h native -L routine,untrusted -l encrypt
usual -c -h native -L certmatch -l verify -F $D/ca.pem : mx.finger.test
usual -c -h native -l may -p <=TLSv1.2
usual -c -h native -l may -p !TLSv1.3
usual -c -h native -l may -s sni.test
usual -c -h native -l may -g high
usual -h native -l may -o myhostname=foo.test
usual -h native -l may -o smtp_helo_name=helo.test
usual -h native -S -l may
usual -c -h native : a b
usual -h native -t 5 -T 5 -l may
usual -c -a ipv4 -h native -l may
closed -h native -l encrypt
closed -c -h native -l encrypt
closed -h native -S -l may
plain -h native -l encrypt
plain -c -h native -l secure
plain -h native -l may
noehlo -h native -l encrypt
noehlo -h native -S -l encrypt
noehlo -c -h native -l may
refuse -h native -l encrypt
refuse -c -h native -l may
wrap -h native -w -l encrypt
wrap -c -h native -w -l verify -F $D/ca.pem : mx.finger.test
none -h native
none -c -h native -l may
bare -h native -S unix:/nonexistent/socket
bare
bare -x
bare -l
bare -l bogus x
bare -h bogus x
bare -X -r 1 x
usual -r 1 -h native -l may
usual -c -C -r 1 -h native -l encrypt
usual -c -r 1 -h native -l none
usual -c -r 0 -h native -l may
usual -c -r -1 -h native -l may
usual -c -r soon -h native -l may
usual -c -m 3 -h native -l may
usual -c -m 0 -r 1 -h native -l may
usual -c -m x -r 1 -h native -l may
usual -c -m 1 -r 1x -h native -l may
usual -c -L none -r 1 -h native -l may
usual -c -L cache -r 1 -h native -l may
usual -c -L cache,routine -h native -l may
usual -S -r 1 -h native -l may
usual+a,b,c -r 1 -h native -l may
usual+a,b,b -c -r 1 -h native -l may
usual+a,b,c,d,e,f,g,h -c -r 1 -h native -l may
usual+a,b,c,d -c -r 1 -m 2 -h native -l may
usual+a,b,a+fresh -c -r 1 -m 9 -h native -l may
usual+fresh -c -r 1 -h native -l may
usual+tls12 -c -r 1 -h native -l may
usual+tls12+fresh -c -r 1 -h native -l may
usual+tls12+nothing -c -r 1 -h native -l may
usual+notickets -c -r 1 -h native -l may
usual+ec -c -r 1 -h native -l may
usual -c -r 1 -h native -l secure -F $D/ca.pem
usual -c -r 1 -h native -l verify -F $D/ca.pem : mx.finger.test
usual -c -r 1 -h native -l verify : mx.finger.test
usual -c -r 1 -h native -l fingerprint : $F
usual+ip -c -h native -l verify -F $D/ca.pem
usual+ip -c -h native -l secure -F $D/ca.pem
usual+ip -c -h native -l verify -F $D/ca.pem : 127.0.0.1
usual+ip -c -h native -l verify -F $D/ca.pem : 127.0.0.2
usual+ip -c -h native -l verify : 127.0.0.1
usual -c -h native -l verify -F $D/ca.pem
once -r 1 -h native -l may
plain -c -r 1 -h native -l may
plainlater -c -r 1 -h native -l may
plainlater -r 1 -m 1 -h native -l encrypt
noehlolater -r 1 -h native -l may
refuselater -r 1 -h native -l may
wrap -w -r 1 -h native -l encrypt
junkgreeting -h native -l may
junkehlo -c -h native -l may
cutgreeting -c -h native -l may
cutehlo -c -h native -l may
cutlhlo -c -S -h native -l may
cutstarttls -c -h native -l may
cutquit -c -h native -l none
cutquit -c -r 1 -h native -l may
slowgreeting -c -t 1 -h native -l may
slowehlo -c -T 1 -h native -l may
slowstarttls -c -T 1 -h native -l may
slowquit -c -T 1 -h native -l none
"""

# Runs at once: most of the time is spent in waiting.
WORKERS = 10


def run(program, line, folder, print_of):
    mode, *words = [word.replace("$D", folder).replace("$F", print_of) for word in line.split()]
    server = None if mode in ("bare", "none") else Server(mode, folder)
    if mode != "bare":
        port = 1 if server is None else server.server_address[1]
        where = f"{'inet:' if '-S' in words else ''}[127.0.0.1]:{port}"
        words = [where if word == ":" else word for word in words] if ":" in words else words + [where]
    done = subprocess.run(["posttls-finger", *words], executable=program, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    answer = f"{done.stderr}{done.stdout}exit code {done.returncode}\n"
    if server:
        answer = re.sub(rf"\b{port}\b", "PORT", answer)
        server.shutdown()
        server.server_close()
        answer += "".join(f"the server heard {word}\n" for word in server.said)

    # Names of sessions are digests; which of them are the same is what counts.
    ids = []
    for name in re.findall(r"&[0-9A-F]{64}\b", answer):
        if name not in ids:
            ids.append(name)
            answer = answer.replace(name, f"&ID{len(ids)}")
    return answer


def main():
    if not os.access(THEIRS, os.X_OK) or not shutil.which("openssl"):
        raise SystemExit(77)
    ours, folder, bad = os.path.abspath(sys.argv[1]), tempfile.mkdtemp(prefix="finger-"), 0
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    lines = [line for line in CASES.strip().split("\n") if line.startswith(only)]
    try:
        print_of = certificate(folder)
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            answers = list(pool.map(lambda line: [run(program, line, folder, print_of) for program in (THEIRS, ours)], lines))
        for line, (theirs, mine) in zip(lines, answers):
            if theirs != mine:
                bad += 1
                print(f"=== {line}\n--- Postfix\n{theirs}--- ours\n{mine}")
            elif "--show" in sys.argv:
                print(f"=== {line}\n{theirs}")
        print(f"posttls-finger: {len(lines)} cases, {bad} differ")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
