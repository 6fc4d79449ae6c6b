#!/usr/bin/env python3
"""
The attack suite: every row of the catalogue that can be tried from outside.

  run.py [--build DIR] [--kind ours|debian] [--only A1,D4] [--quick] [--list]
"""
import argparse
import itertools
import os

import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "crash")]
from instance import Instance, free_port  # noqa: E402
from ledger import Ledger  # noqa: E402
import cases  # noqa: E402


class Peer:
    """A client that says what it likes."""

    def __init__(self, port, source):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(source, 0))
        self._file = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self._socket.sendall(data)

    def reply(self):
        text = ""
        while line := self._file.readline(70_000):
            text += line.decode("latin-1")
            if line[3:4] != b"-":
                return text.rstrip()
        raise ConnectionError("closed")

    def command(self, text):
        self.send(text.encode("latin-1") + b"\r\n")
        return self.reply()

    def start_tls(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._file.close()
        self._socket = context.wrap_socket(self._socket)
        self._file = self._socket.makefile("rb")

    def close(self):
        try:
            self._file.close()
            self._socket.close()
        except OSError:
            pass


class RawSink:
    """A server that keeps the bytes of what it was sent."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listener.getsockname()[1]
        self.messages, self.commands = [], []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            peer, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            file = peer.makefile("rb")
            peer.sendall(b"220 sink ESMTP\r\n")
            while line := file.readline(100_000):
                verb = line[:4].upper()
                self.commands.append(line.decode("latin-1").rstrip())
                if verb == b"EHLO":
                    peer.sendall(b"250-sink\r\n250 8BITMIME\r\n")
                elif verb == b"RCPT" and b"reject" in line:
                    peer.sendall(b"550 5.1.1 no\r\n")
                elif verb == b"DATA":
                    peer.sendall(b"354 go\r\n")
                    content = b""
                    while not content.endswith(b"\r\n.\r\n") and (chunk := file.readline(1 << 20)):
                        content += chunk
                    self.messages.append(content)
                    peer.sendall(b"250 ok\r\n")
                else:
                    peer.sendall(b"250 ok\r\n")
        except OSError:
            pass


class Scripted:
    """A server with one thing to say; None: it is not there. With greet it plays SMTP up to MAIL."""

    def __init__(self, greet=False):
        self.reply, self._greet = None, greet
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            peer, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with peer:
            try:
                peer.settimeout(20)
                if self.reply is None:
                    return
                if self._greet:
                    peer.sendall(b"220 hostile ESMTP\r\n")
                    peer.recv(4096)
                    peer.sendall(b"250 hostile\r\n")
                peer.recv(65536)
                peer.sendall(self.reply)
                if self._greet:
                    time.sleep(0.3)
            except OSError:
                pass


class Target(Instance):
    """The system that is attacked: 127.0.0.1 is trusted, 127.0.0.2 and 127.0.0.3 are strangers."""

    def __init__(self, kind, directory, build):
        self.sink, self.hostile, self.milter, self.policy = RawSink(), Scripted(greet=True), Scripted(), Scripted()
        super().__init__(kind, directory, build, Ledger(f"{directory}/ledger"), self.sink.port)
        self._tokens = itertools.count(1)
        self.milter_port, self.policy_port, self.table_port, self.filter_port, self.screen_port, self.proxy_port, self.relay_port, behind = (free_port() for _ in range(8))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mta.example.test",
                        "-keyout", f"{directory}/etc/key.pem", "-out", f"{directory}/etc/cert.pem"], check=True, capture_output=True)
        self._write("transport", f"hostile.example smtp:[127.0.0.1]:{self.hostile.port}\ndiscard.example discard:\nsecure.example secure:[127.0.0.1]:{self.sink.port}\n")
        self._write("senders", "refused-at-end@stranger.example REJECT at the end\n")
        self._write("patterns", "/^(a+)+\\$$/ REJECT\n/^(a|aa)+!!@b/ REJECT\n")
        self._write("aliases.pattern", "/^sub-(.*)$/ /tmp/$1-evil\n")
        self._write("selflist", f":include:{directory}/etc/selflist\n")
        script = f"{directory}/etc/tell"
        self._write("tell", f"#!/bin/bash\nexec >{self.mail}/spool/out 2>&1\nfor f in /proc/$$/fd/*; do n=${{f##*/}}; [ $n = 255 ] || echo FD $n; done\nenv | sed 's/^/ENV /'\nawk '/^SigIgn/ {{print \"SIG\", $2}}' /proc/self/status\ncat >/dev/null\necho END\n")
        os.chmod(script, 0o755)
        self._write("aliases", f'selfinclude: :include:{directory}/etc/selflist\npingpong: pongping\npongping: pingpong\ntellme: "|{script}"\nplain: box@virt.test\n')
        texthash = "texthash:" + directory + "/etc/"
        self.set(mynetworks="127.0.0.1/32", smtpd_forbid_bare_newline="normalize", smtpd_forbid_bare_newline_exclusions="", transport_maps=texthash + "transport",
                 alias_maps=f"lmdb:{directory}/etc/aliases regexp:{directory}/etc/aliases.pattern", alias_database=f"lmdb:{directory}/etc/aliases",
                 local_recipient_maps="unix:passwd.byname $alias_maps", smtpd_client_connection_count_limit="0", smtpd_client_event_limit_exceptions="$mynetworks", smtpd_soft_error_limit="1000", smtpd_hard_error_limit="2000",
                 smtpd_end_of_data_restrictions=f"check_sender_access {texthash}senders", smtpd_sender_restrictions=f"check_sender_access pcre:{directory}/etc/patterns",
                 smtpd_tls_cert_file=f"{directory}/etc/cert.pem", smtpd_tls_key_file=f"{directory}/etc/key.pem", smtpd_tls_security_level="may",
                 smtpd_discard_ehlo_keywords="", smtpd_relay_restrictions="permit_mynetworks, reject_unauth_destination", queue_run_delay="60s", minimal_backoff_time="60s",
                 maximal_backoff_time="120s", smtp_destination_concurrency_limit="20", transport_retry_time="1s")
        with open(f"{self.etc}/master.cf", "a") as file:
            file.write(f"127.0.0.1:{self.milter_port} inet n - n - - smtpd -o smtpd_milters=inet:127.0.0.1:{self.milter.port} -o milter_default_action=tempfail\n"
                       f"127.0.0.1:{self.policy_port} inet n - n - - smtpd -o {{smtpd_recipient_restrictions=check_policy_service inet:127.0.0.1:{self.policy.port},permit}}"
                       " -o smtpd_policy_service_timeout=3s -o smtpd_policy_service_retry_delay=1s -o smtpd_policy_service_try_limit=1\n"
                       f"127.0.0.1:{self.table_port} inet n - n - - smtpd -o {{smtpd_recipient_restrictions=check_recipient_access tcp:127.0.0.1:1,permit}}\n"
                       f"127.0.0.1:{self.filter_port} inet n - n - - smtpd -o smtpd_proxy_filter=127.0.0.1:{behind}\n"
                       f"127.0.0.1:{self.proxy_port} inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy -o smtpd_upstream_proxy_timeout=2s\n"
                       f"127.0.0.1:{self.relay_port} inet n - n - - smtpd -o local_recipient_maps=\n"
                       f"127.0.0.1:{behind} inet n - n - - smtpd -o {{mynetworks=127.0.0.0/8}} -o {{smtpd_forbid_bare_newline_exclusions=$mynetworks}}\n"
                       f"127.0.0.1:{self.screen_port} inet n - n - 1 postscreen -o postscreen_greet_action=enforce -o postscreen_greet_wait=1s -o postscreen_bare_newline_enable=yes"
                       " -o postscreen_bare_newline_action=enforce -o postscreen_non_smtp_command_enable=yes -o postscreen_client_connection_count_limit=1000\n"
                       "smtpd pass - - n - - smtpd\ntlsproxy unix - - n - 0 tlsproxy\nqmqp unix - - n - - qmqpd\n"
                       "command unix - n n - - pipe user=nobody argv=/bin/true\nspawned unix - n n - - spawn user=nobody argv=/bin/true\n"
                       "secure unix - - n - - smtp -o smtp_tls_security_level=encrypt\n")
        subprocess.run([self.command("postalias"), "-c", self.etc, f"lmdb:{directory}/etc/aliases"], check=True, capture_output=True)

    def _write(self, name, text):
        with open(f"{self.etc}/{name}", "w") as file:
            file.write(text)

    def command(self, name):
        return os.path.join(self.commands, name)

    def token(self):
        return f"TOK{next(self._tokens):05d}X{os.getpid()}"

    def connect(self, source="127.0.0.1", port=None):
        return Peer(port or self.port, source)

    def sendmail(self, recipients, text):
        return subprocess.run([self.command("sendmail"), "-C", self.etc, "-i", "-f", "box@virt.test", "--", *recipients], input=text, capture_output=True, timeout=60).returncode

    @staticmethod
    def wait(condition, limit):
        end = time.monotonic() + limit
        while not (value := condition()) and time.monotonic() < end:
            time.sleep(0.05)
        return value

    def settle(self, limit=8):
        self.wait(lambda: not any(complete and "/deferred/" not in path for path, complete in self.queue()), limit)

    def log_lines(self):
        return self.log().split("\n")

    def raw_log(self):
        return self._read(f"{self.dir}/mail.log")

    def wait_log(self, matches, limit=40, seen=0):
        return self.wait(lambda: next((line for line in self.log_lines()[seen:] if matches(line)), None), limit)

    def mailbox(self):
        box = f"{self.mail}/virtual/box/new"
        return [self._read(os.path.join(box, name)) for name in os.listdir(box)] if os.path.isdir(box) else []

    def wait_mail(self, token, limit=40):
        return self.wait(lambda: next((text for text in self.mailbox() if token.encode() in text), None), limit)

    def in_sink(self, token):
        return next((text for text in self.sink.messages if token.encode() in text), None)

    def wait_sink(self, token, limit=40):
        return self.wait(lambda: self.in_sink(token), limit)

    def sink_commands(self):
        return self.sink.commands

    def too_large(self, *programs):
        wrong = []
        for name in programs:
            for pid in self.pids(name):
                try:
                    with open(f"/proc/{pid}/status") as file:
                        used = next(int(line.split()[1]) << 10 for line in file if line.startswith("RssAnon"))
                except (OSError, StopIteration):
                    continue
                if used > cases.MEMORY_LIMIT:
                    wrong.append(f"{name} holds {used >> 20} MB")
        return wrong

    def alive(self, *programs):
        return [f"{name} killed: {line}" for name in programs for line in self.log_lines() if "killed by signal" in line and f"/{name} pid" in line]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.environ.get("MTA_BUILD") or os.path.join(HERE, "..", "..", "out"))
    parser.add_argument("--kind", default="ours", choices=("ours", "debian"))
    parser.add_argument("--only", default="", help="rows, divided by commas")
    parser.add_argument("--quick", action="store_true", help="leave out the slow ones")
    parser.add_argument("--list", action="store_true", help="print rows that other tests try, and why some do not apply")
    options = parser.parse_args()
    if options.list:
        for row, reason in sorted(cases.REASONS.items(), key=lambda pair: (pair[0][0], int(pair[0][1:]))):
            print(f"{row}: {reason}")
        return
    if os.geteuid() != 0 or not shutil.which("openssl") or not shutil.which("strace"):
        sys.exit("SKIPPED: the attack suite needs root, openssl and strace")
    directory = tempfile.mkdtemp(prefix="attacks-")
    os.chmod(directory, 0o755)
    target = Target(options.kind, directory, os.path.abspath(options.build))
    only, failed, done = set(filter(None, options.only.split(","))), 0, 0
    try:
        target.start()
        for row, title, function, slow in cases.CASES:
            if only and row not in only or slow and options.quick:
                continue
            started = time.monotonic()
            try:
                wrong = function(target)
            except Exception as error:  # a case that cannot be played is a failure of the system or of the case
                wrong = [f"{type(error).__name__}: {error}"]
            done += 1
            failed += bool(wrong)
            print(f"{'FAIL' if wrong else 'ok  '} {row:4} {title} ({time.monotonic() - started:.1f} s)", *(f"\n       {text[:300]}" for text in wrong[:4]), flush=True)
        wrong = target.identities()
        print(f"{done} attacks, {failed} succeeded; {len(cases.REASONS)} rows tried elsewhere or not applicable (--list)", *wrong)
    finally:
        if failed:
            shutil.copy(f"{directory}/mail.log", "/tmp/attacks-mail.log")
        target.stop()
        shutil.rmtree(directory, ignore_errors=True)
    sys.exit(bool(failed or wrong))


if __name__ == "__main__":
    main()
