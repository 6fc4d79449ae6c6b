#!/usr/bin/env python3
"""Runs Debian's posttls-finger and ours against the same servers, and compares what they say.

    finger.py PROGRAM [--show]

Exit status 0: all agree. 77: something needed is missing here.
"""
import os, shutil, socketserver, ssl, subprocess, sys, tempfile, threading

THEIRS = "/usr/sbin/posttls-finger"
MODES = ["usual", "closed", "plain", "noehlo", "refuse", "wrap"]
NAME = "mx.finger.test"


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mode, context):
        self.mode, self.context = mode, context
        super().__init__(("127.0.0.1", 0), Session)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        mode, stream = self.server.mode, self.request
        stream.settimeout(30)
        try:
            if mode == "wrap":
                stream = self.server.context.wrap_socket(stream, server_side=True)
            stream.sendall(b"554 go away\r\n" if mode == "closed" else f"220 {NAME} ESMTP\r\n".encode())
            file = stream.makefile("rb")
            while line := file.readline(4096):
                word = line.split()[0].upper()
                if word in (b"EHLO", b"LHLO"):
                    offers = not isinstance(stream, ssl.SSLSocket) and mode != "plain"
                    stream.sendall(b"502 no\r\n" if mode == "noehlo" else
                                   f"250-{NAME}\r\n250-PIPELINING\r\n".encode() + (b"250-STARTTLS\r\n" if offers else b"") + b"250 8BITMIME\r\n")
                elif word == b"STARTTLS":
                    if mode == "refuse":
                        stream.sendall(b"454 4.7.0 not now\r\n")
                        continue
                    stream.sendall(b"220 go\r\n")
                    stream = self.server.context.wrap_socket(stream, server_side=True)
                    file = stream.makefile("rb")
                elif word == b"QUIT":
                    stream.sendall(b"221 bye\r\n")
                    return
                else:
                    stream.sendall(b"250 ok\r\n")
        except OSError:
            pass


def certificate(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", "-days", "2")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "srv.key", "-out", "srv.csr", "-subj", f"/CN={NAME}")
    with open(f"{folder}/names", "w") as file:
        file.write(f"subjectAltName=DNS:{NAME},DNS:finger.test\n")
    openssl("x509", "-req", "-in", "srv.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "srv.pem", "-days", "2", "-extfile", "names")
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
"""


def main():
    if not os.access(THEIRS, os.X_OK) or not shutil.which("openssl"):
        raise SystemExit(77)
    ours, folder, bad, count = os.path.abspath(sys.argv[1]), tempfile.mkdtemp(prefix="finger-"), 0, 0
    try:
        prefix = folder
        print_of = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/srv.pem", f"{folder}/srv.key")
        servers = {mode: Server(mode, context) for mode in MODES}
        for line in CASES.strip().split("\n"):
            count += 1
            mode, *words = [word.replace("$D", prefix).replace("$F", print_of) for word in line.split()]
            if mode != "bare":
                port = 1 if mode == "none" else servers[mode].server_address[1]
                where = f"{'inet:' if '-S' in words else ''}[127.0.0.1]:{port}"
                words = [where if word == ":" else word for word in words] if ":" in words else words + [where]
            answers = []
            for program in (THEIRS, ours):
                done = subprocess.run(["posttls-finger", *words], executable=program, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
                answers.append(f"{done.stderr}{done.stdout}exit code {done.returncode}\n")
            if answers[0] != answers[1]:
                bad += 1
                print(f"=== {line}\n--- Postfix\n{answers[0]}--- ours\n{answers[1]}")
            elif "--show" in sys.argv:
                print(f"=== {line}\n{answers[0]}")
        print(f"posttls-finger: {count} cases, {bad} differ")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
