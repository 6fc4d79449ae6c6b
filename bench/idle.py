#!/usr/bin/env python3
"""Memory of idle SMTP sessions: N clients have sent EHLO, MAIL and RCPT; then each completes a message.

  bench/idle.py [N] [strangers] [tls]
        10000 unless told; needs root, the package postfix (for postconf), the programs in out/ and `ulimit -n` above N.
        Sums PSS over all processes of the instance. Strangers come each from an address of its own that is not in
        mynetworks, so that anvil counts them; with tls each has said STARTTLS first.
"""
import collections
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench


def by_program(system):
    sizes = collections.Counter()
    for pid in system.pids():
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                size = int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
            sizes[os.path.basename(os.readlink(f"/proc/{pid}/exe"))] += size
        except (OSError, AttributeError):
            pass
    return sizes


def read_reply(f):
    while True:
        line = f.readline()
        if line[3:4] != b"-":
            return line


def start(system):
    # Not through a pipe: a managed master would keep it open.
    subprocess.run([os.path.join(system.command, "postfix"), "-c", system.etc, "start"], check=True, timeout=60,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def connect(system, number, strangers, tls):
    source = (f"127.1.{number // 250}.{number % 250 + 1}", 0) if strangers else None
    s = socket.create_connection(("127.0.0.1", system.port), 60, source_address=source)
    f = s.makefile("rwb", 256)
    read_reply(f)
    if tls:
        for command in (b"EHLO idle.test", b"STARTTLS"):
            f.write(command + b"\r\n")
            f.flush()
            read_reply(f)
        s = tls.wrap_socket(s)
        f = s.makefile("rwb", 256)
    return s, f


def main():
    words = sys.argv[1:]
    count = next((int(word) for word in words if word.isdigit()), 10000)
    strangers = "strangers" in words
    tls = None
    base = tempfile.mkdtemp(prefix="mta-idle-", dir="/tmp")
    os.chmod(base, 0o755)
    system = bench.System("ours", base, bench.free_port())
    system.set("defer_transports", "smtp")
    if strangers:
        for name, value in (("mynetworks", "192.0.2.0/24"), ("relay_domains", "far.test"), ("smtpd_peername_lookup", "no")):
            system.set(name, value)
    if "tls" in words:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=idle",
                        "-keyout", f"{base}/key.pem", "-out", f"{base}/cert.pem"], check=True, capture_output=True)
        system.set("smtpd_tls_security_level", "may")
        system.set("smtpd_tls_cert_file", f"{base}/cert.pem")
        system.set("smtpd_tls_key_file", f"{base}/key.pem")
        tls = ssl._create_unverified_context()
    try:
        start(system)
        # The programs that a message needs are there before anything is measured.
        s, f = connect(system, 0, strangers, tls)
        with s:
            for command in (b"EHLO warm.test", b"MAIL FROM:<s@bench.test>", b"RCPT TO:<r@far.test>", b"DATA", b"Subject: warm\r\n\r\nx\r\n."):
                f.write(command + b"\r\n")
                f.flush()
                read_reply(f)
        time.sleep(2)
        before = by_program(system)
        began = time.monotonic()
        clients = []
        for number in range(count):
            s, f = connect(system, number, strangers, tls)
            for command in (b"EHLO idle.test", b"MAIL FROM:<s@bench.test>", b"RCPT TO:<r@far.test>"):
                f.write(command + b"\r\n")
                f.flush()
                reply = read_reply(f)
                if not reply.startswith(b"250"):
                    sys.exit(f"session {len(clients)}: {command}: {reply}")
            clients.append((s, f))
        opened = time.monotonic() - began
        time.sleep(2)
        after = by_program(system)
        completed = 0
        for s, f in clients:
            f.write(b"DATA\r\n")
            f.flush()
            read_reply(f)
            f.write(b"Subject: idle\r\n\r\nx\r\n.\r\n")
            f.flush()
            completed += read_reply(f).startswith(b"250")
            s.close()
        each = (sum(after.values()) - sum(before.values())) / count
        print(f"{count} sessions opened in {opened:.1f} s; {completed} of {count} completed a message")
        print(f"{each:.1f} KiB PSS each, all processes: " + ", ".join(f"{name} {(after[name] - before[name]) / count:.1f}" for name in sorted(after) if after[name] != before[name]))
        sys.exit(completed != count)
    finally:
        system.stop()
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
