"""The attacks: one function per row of the catalogue; what it returns is what went wrong, nothing is well."""
import contextlib
import os
import pwd
import re
import socket
import subprocess
import threading
import time

from faults import Tracer

CASES, REASONS = [], {}
STRANGER = ("setpriv", "--reuid=games", "--regid=games", "--clear-groups")
MEMORY_LIMIT = 90 << 20         # a managed process with nothing to do holds about half of it


def attack(row, title, slow=False):
    def register(function):
        CASES.append((row, title, function, slow))
        return function
    return register


def one(mta, *commands, source="127.0.0.2", port=None):
    """The replies to commands sent one after the other; stops where the server hangs up."""
    replies = []
    with mta.connect(source, port) as peer:
        replies.append(peer.reply())
        for command in commands:
            try:
                peer.send(command if isinstance(command, bytes) else command.encode("latin-1") + b"\r\n")
                replies.append(peer.reply())
            except OSError:
                replies.append("closed")
                break
    return replies


def expect(reply, *starts):
    return [] if reply.startswith(starts) else [f"got {reply!r}, want {' or '.join(starts)}"]


HELLO = ("EHLO stranger.example", "MAIL FROM:<s@stranger.example>", "RCPT TO:<box@virt.test>", "DATA")


@contextlib.contextmanager
def other_configuration(mta, name):
    """The system stands still, so that the file of its configuration can be changed; in the end all is as before."""
    path = f"{mta.etc}/{name}"
    text = mta._read(path).decode()
    mta.stop()
    try:
        yield path
    finally:
        mta.stop()
        with open(path, "w") as file:
            file.write(text)
        mta.start()


@attack("A1", "a forged end of data smuggles no second message")
def smuggling(mta, port=None):
    wrong = []
    for end in (b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r.\r", b"\n\n.\r\n", b"\r\n\0.\r\n", b"\r\n.\r\r\n"):
        token = mta.token()
        with mta.connect("127.0.0.2", port) as peer:
            peer.reply()
            for command in HELLO:
                peer.command(command)
            peer.send(b"Subject: x\r\n\r\n" + token.encode() + end + b"MAIL FROM:<evil@bad.example>\r\nRCPT TO:<box@virt.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled"
                      + token.encode() + b"\r\n.\r\n")
            try:
                peer.reply()
                peer.send(b"QUIT\r\n")
                extra = peer.reply()
                while extra and not extra.startswith(("221", "5")):
                    if extra.startswith(("250", "354")):
                        wrong.append(f"{end!r}: a second transaction was answered: {extra}")
                        break
                    extra = peer.reply()
            except OSError:
                pass
        mta.settle()
        if any("evil@bad.example" in line and "from=<" in line for line in mta.log_lines()):
            wrong.append(f"{end!r}: a message from evil@bad.example was taken")
    return wrong


@attack("A2", "nor through a filter before the queue, to a server that trusts its clients")
def chained_smuggling(mta):
    return smuggling(mta, mta.filter_port)


@attack("A3", "stray CR and LF do not leave by the network")
def stray(mta):
    token = mta.token()
    mta.sendmail(["r@far.example"], b"Subject: stray\n\nfirst\rsecond\r.\rthird " + token.encode() + b"\n")
    raw = mta.wait_sink(token)
    if raw is None:
        return ["the message did not arrive"]
    bare = re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    return [f"bare line end at the sink: {raw[max(0, bare.start() - 20):bare.end() + 20]!r}"] if bare else []


@attack("A4", "BDAT: state after every kind of error")
def bdat(mta):
    wrong = []
    wrong += expect(one(mta, "EHLO x", b"BDAT 5 LAST\r\nhello")[2], "503", "5")
    wrong += expect(one(mta, "EHLO x", "MAIL FROM:<a@b.example>", b"BDAT 5 LAST\r\nhello", "DATA")[4], "503", "554", "closed")
    replies = one(mta, *HELLO[:3], b"BDAT 99999999999999999999\r\n", "DATA", "RCPT TO:<box@virt.test>")
    wrong += expect(replies[4], "5", "closed")
    replies = one(mta, *HELLO[:3], b"BDAT 4\r\nabcd", "DATA")
    wrong += expect(replies[5], "503", "closed")
    replies = one(mta, *HELLO[:3], b"BDAT 4\r\nabcd", "MAIL FROM:<x@y.example>")
    wrong += expect(replies[5], "503", "closed")
    replies = one(mta, *HELLO[:3], b"BDAT 4\r\nabcd", "RSET", b"BDAT 0 LAST\r\n")
    wrong += expect(replies[5], "250") + expect(replies[6], "503", "closed")
    wrong += expect(one(mta, *HELLO[:3], b"BDAT -1\r\n")[4], "5")
    return wrong


@attack("A5", "a hundred thousand chunks of one byte, a chunk of 2^63")
def chunks(mta):
    with mta.connect("127.0.0.2") as peer:
        peer.reply()
        for command in HELLO[:3]:
            peer.command(command)
        before = len(mta.raw_log())
        for _ in range(500):
            peer.send(b"BDAT 1\r\nx" * 200)
            for _ in range(200):
                if not (reply := peer.reply()).startswith("250"):
                    return expect(reply, "250")
    wrong = expect(one(mta, *HELLO[:3], f"BDAT {1 << 63}")[4], "5", "closed")
    wrong += [f"{len(mta.raw_log()) - before} bytes of log"] if len(mta.raw_log()) - before > 10_000 else []
    return wrong + mta.too_large("smtpd")


@attack("A6", "after a refusal at the end of data nothing of the transaction is left")
def reset(mta):
    replies = one(mta, "EHLO x", "MAIL FROM:<refused-at-end@stranger.example>", "RCPT TO:<box@virt.test>", "DATA", "text\r\n.", "RCPT TO:<box@virt.test>", "DATA")
    return expect(replies[5], "5") + expect(replies[6], "503") + expect(replies[7], "503", "554")


@attack("A7", "VRFY of a UTF-8 address in a transaction")
def vrfy(mta):
    replies = one(mta, "EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<box@virt.test>", b"VRFY \xc3\xa9@virt.test SMTPUTF8\r\n", "RSET", "DATA")
    return expect(replies[6], "503", "554")


@attack("A8", "a command behind STARTTLS in one segment is not obeyed")
def starttls(mta):
    wrong = []
    # One command, too: two of them would be found out as talk before one's turn.
    for injected in (b"MAIL FROM:<injected@bad.example>\r\n", b"MAIL FROM:<injected@bad.example>\r\nRCPT TO:<box@virt.test>\r\n"):
        with mta.connect("127.0.0.2") as peer:
            peer.reply()
            peer.command("EHLO x")
            peer.send(b"STARTTLS\r\n" + injected)
            if not peer.reply().startswith("220"):
                return ["STARTTLS is not offered"]
            try:
                peer.start_tls()
                peer.send(b"NOOP\r\n")
                wrong += expect(peer.reply(), "250 2.0.0", "250 Ok")
                peer.send(b"RCPT TO:<box@virt.test>\r\n")
                wrong += expect(peer.reply(), "503")
            except OSError:
                pass        # hanging up is right as well
    return wrong


@attack("A10", "no renegotiation by the client")
def renegotiation(mta):
    process = subprocess.run(["openssl", "s_client", "-starttls", "smtp", "-tls1_2", "-connect", f"127.0.0.1:{mta.port}"],
                             input=b"R\n", capture_output=True, timeout=20)
    text = process.stdout + process.stderr
    return [] if b"RENEGOTIATING" in text and b"no renegotiation" in text else [f"renegotiated: {text[-200:]!r}"]


@attack("A11", "no AUTH in the clear; no plain text where encryption is demanded")
def downgrade(mta):
    wrong = [] if "AUTH" not in one(mta, "EHLO x")[1] else ["AUTH offered before TLS"]
    token = mta.token()
    mta.sendmail(["r@secure.example"], b"Subject: secret\n\n" + token.encode() + b"\n")
    line = mta.wait_log(lambda text: "to=<r@secure.example>" in text)
    if not line or "status=deferred" not in line or "TLS" not in line:
        wrong.append(f"got {line}")
    return wrong + (["the plain text reached the server"] if mta.in_sink(token) else [])


@attack("A12", "HTTP is hung up on; names of every shape in a TLS greeting")
def http(mta):
    wrong = expect(one(mta, "GET / HTTP/1.1\r\nHost: x")[1], "221", "421", "5", "closed")
    for name in ("back\\", "../../etc/passwd", "x" * 255, "\x1b[2J%n{0}", "a b", "*"):
        subprocess.run(["openssl", "s_client", "-starttls", "smtp", "-connect", f"127.0.0.1:{mta.port}", "-servername", name], input=b"QUIT\n", capture_output=True, timeout=20)
    wrong += ["control bytes in the log"] if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", mta.raw_log()) else []
    return wrong + expect(one(mta, "EHLO x")[1], "250") + mta.alive("smtpd")


@attack("A13", "talking before one's turn")
def early(mta):
    with mta.connect("127.0.0.2") as peer:
        peer.reply()
        peer.command("EHLO x")
        peer.send(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<box@virt.test>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n")
        replies = [peer.reply() for _ in range(3)]
    return expect(replies[2], "554" if mta.kind == "ours" else "354")


@attack("A14", "64 MB without a line end")
def endless(mta):
    with mta.connect("127.0.0.2") as peer:
        peer.reply()
        try:
            for _ in range(64):
                peer.send(b"A" * (1 << 20))
        except OSError:
            pass
        wrong = mta.too_large("smtpd")
    return wrong


@attack("A15", "NUL in HELO, addresses and xtext")
def nul(mta):
    wrong = expect(one(mta, b"EHLO a\0b\r\n", b"MAIL FROM:<a\0b@c.example>\r\n")[2], "5")
    for parameter in ("ENVID=a+00b", "ENVID=a+0Ab", "ENVID=a+0D+0ARCPT"):
        replies = one(mta, "EHLO x", f"MAIL FROM:<a@b.example> {parameter}")
        if not replies[2].startswith("5"):
            wrong.append(f"{parameter}: {replies[2]}")
    return wrong


@attack("A16", "8-bit addresses without SMTPUTF8; every byte of a body arrives")
def eight_bit(mta):
    wrong = expect(one(mta, "EHLO x", b"MAIL FROM:<\xff\xfe@b.example>\r\n", "NOOP")[2], "5")
    token = mta.token().encode()
    body = b"".join(bytes([value]) * 2 for value in range(256) if value not in (0, 10, 13)) + token
    mta.sendmail(["r@far.example"], b"Subject: bytes\nMIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n\n" + body + b"\n")
    raw = mta.wait_sink(token.decode())
    return wrong + ([] if raw is not None and body in raw else ["the body came back altered"])


HOSTILE = (b"553-no\r\n", b"553\r\n", b"5.7.2\r\n", b"250-" + b"x" * 3000 + b"\r\n", b"550 5.7.2\r\n", b"\x00\x01\x02\r\n", b"999 what\r\n",
           b"250-a\r\n550 b\r\n", b"550 \x1b[31m%n%s{0}\r\n", b"250 ok", b"")


@attack("A18", "a hostile server: replies of every wrong shape")
def hostile_server(mta):
    wrong, pids = [], mta.pids("smtp")
    for reply in HOSTILE:
        mta.hostile.reply = reply
        token = mta.token()
        mta.sendmail([f"{token.lower()}@hostile.example"], b"Subject: h\n\nx\n")
        line = mta.wait_log(lambda text: f"to=<{token.lower()}@hostile.example>" in text, 40)
        if not line or "status=sent" in line:
            wrong.append(f"{reply[:30]!r}: {line}")
    mta.hostile.reply = b"250-" + b"more\r\n250-" * 100_000 + b"end\r\n"
    token = mta.token()
    mta.sendmail([f"{token.lower()}@hostile.example"], b"Subject: h\n\nx\n")
    mta.wait_log(lambda text: f"to=<{token.lower()}@hostile.example>" in text, 40)
    if pids and not set(pids) & set(mta.pids("smtp")):
        wrong.append("the client died of it")
    return wrong + mta.too_large("smtp") + mta.alive("smtp")


@attack("B1", "line ends in xtext make no record, header or log line")
def spool_injection(mta):
    wrong, seen, token = [], len(mta.log_lines()), mta.token()
    wrong += expect(one(mta, "EHLO x", "MAIL FROM:<a@b.example> ENVID=x+0D+0AX-Evil")[2], "501")
    wrong += expect(one(mta, "EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<box@virt.test> ORCPT=rfc822;x+0AX-Evil:+20yes")[3], "501")
    # Who may not log in may say for whom he speaks (RFC 4954 section 5); nobody believes it.
    replies = one(mta, "EHLO x", "MAIL FROM:<a@b.example> AUTH=x+0AX-Evil:+20yes", "RCPT TO:<box@virt.test>", "DATA", f"Subject: auth\r\n\r\n{token}\r\n.")
    wrong += expect(replies[2], "250", "501", "503")
    if replies[2].startswith("250"):
        text = mta.wait_mail(token) or b"^X-Evil: nothing was delivered"
        wrong += [f"an injected header was delivered: {text[:200]!r}"] if b"X-Evil" in text else []
    return wrong + [line for line in mta.log_lines()[seen:] if line.startswith("X-Evil")]


CANARY = "/tmp/attack-canary"


@attack("B3", "addresses never reach a shell, a file or a program")
def shell(mta):
    wrong = []
    with mta.connect() as peer:
        peer.reply()
        peer.command("EHLO x")
        for local in ("|touch " + CANARY, "/" + CANARY, ":include:/etc/shadow", "`touch " + CANARY + "`", "$(touch " + CANARY + ")",
                      ";touch " + CANARY, "${run{touch " + CANARY + "}}", "-oQ/tmp", "a;b", "&touch " + CANARY):
            peer.command("RSET")
            peer.command(f'MAIL FROM:<"{local}"@b.example>')
            for recipient in (f'"{local}"@example.test', f'"{local}"@virt.test', f'"{local}"@far.example'):
                peer.command(f"RCPT TO:<{recipient}>")
            if peer.command("DATA").startswith("354"):
                peer.command("Subject: x\r\n\r\nx\r\n.")
    mta.settle(10)
    if os.path.exists(CANARY):
        os.unlink(CANARY)
        wrong.append("the canary was touched")
    return wrong


@attack("B4", "a recipient that begins with a dash")
def dash(mta):
    # To a domain in which everybody has a mailbox: nothing but the dash is wrong.
    replies = one(mta, "EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<-oQ@virt.test>", "RCPT TO:<-@virt.test>", "RCPT TO:<oQ@virt.test>")
    return expect(replies[3], "501") + expect(replies[4], "501") + expect(replies[5], "250")


@attack("B5", "postdrop refuses records that it does not know")
def records(mta):
    wrong = []
    for stream in (b"garbage", b"T\x10" + b"0" * 16, b"S\x05a\nb@cR\x01xM\x00N\x01xX\x00E\x00", b"S" + b"\xff" * 10, b""):
        process = subprocess.run([mta.command("postdrop"), "-c", mta.etc, "-r"], input=stream, capture_output=True, timeout=20)
        if process.returncode == 0 and stream:
            wrong.append(f"accepted {stream[:20]!r}")
    return wrong


@attack("B6", "a line end in a quoted local part is no second command")
def quoted(mta):
    token = mta.token()
    mta.sendmail(['"a\r\nRCPT TO:<victim@far.example>\r\n"@far.example'], b"Subject: q\n\n" + token.encode() + b"\n")
    mta.settle(5)
    return ["the server saw a second recipient"] if any("victim@far.example>" in line and line.startswith("RCPT TO:<victim") for line in mta.sink_commands()) else []


@attack("B7", "a hostile name in Received: and in the log")
@attack("B8", "format strings and control bytes in whatever is logged")
def names(mta):
    token = mta.token()
    with mta.connect() as peer:
        peer.reply()
        peer.send(b"EHLO x(\x1b[2J%n%s{0}{1:x}\x80\xff)y\r\n")
        peer.reply()
        for command in (b"MAIL FROM:<%n{0}@b.example>\r\n", b"RCPT TO:<box@virt.test>\r\n", b"DATA\r\n"):
            peer.send(command)
            peer.reply()
        peer.send(b"Message-ID: <%n{0}\x1b[2J@x>\r\nSubject: x\r\n\r\n" + token.encode() + b"\r\n.\r\n")
        peer.reply()
    text = mta.wait_mail(token)
    wrong = [] if text else ["the message did not arrive"]
    raw = mta.raw_log()
    if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", raw):
        wrong.append("control bytes in the log")
    return wrong


@attack("B10", "$1 in an alias table by patterns is refused")
def substitution(mta):
    token = mta.token()
    if os.path.exists("/tmp/tmp-evil"):
        os.unlink("/tmp/tmp-evil")
    mta.sendmail(["sub-tmp@example.test"], b"Subject: s\n\n" + token.encode() + b"\n")
    line = mta.wait_log(lambda text: "to=<sub-tmp@example.test>" in text, 40)
    return [] if line and "status=sent" not in line and not os.path.exists("/tmp/tmp-evil") else [f"got {line}"]


@attack("C1", "a header of 64 MB; 100,000 headers")
def header_bomb(mta):
    wrong = []
    for content in ((b"X-Bomb: " + b"x" * 990 + b"\r\n") + (b" " + b"y" * 990 + b"\r\n") * 9_000, b"X-H: 1\r\n" * 100_000):
        with mta.connect() as peer:
            peer.reply()
            for command in HELLO:
                peer.command(command)
            peer.send(content + b"\r\nbody\r\n.\r\n")
            wrong += expect(peer.reply(), "250", "552")
    return wrong + mta.too_large("cleanup", "smtpd")


@attack("C2", "ten thousand nested parts")
def nesting(mta):
    lines = []
    for i in range(10_000):
        lines += [f'Content-Type: multipart/mixed; boundary="b{i}"', "", f"--b{i}"]
    with mta.connect() as peer:
        peer.reply()
        for command in HELLO:
            peer.command(command)
        peer.send(("\r\n".join(lines) + "\r\n.\r\n").encode())
        return expect(peer.reply(), "250", "5") + mta.too_large("cleanup")


@attack("C3", "1,001 recipients; 3,000 by sendmail arrive once each")
def recipients(mta):
    with mta.connect("127.0.0.2") as peer:
        peer.reply()
        peer.command("EHLO x")
        peer.command("MAIL FROM:<a@b.example>")
        peer.send(b"".join(b"RCPT TO:<r%d@virt.test>\r\n" % i for i in range(1001)))
        replies = [peer.reply() for _ in range(1001)]
    wrong = expect(replies[999], "250") + expect(replies[1000], "452")
    mta.sendmail([f"bulk{i}@discard.example" for i in range(3000)], b"Subject: bulk\n\nx\n")
    if not mta.wait(lambda: sum("@discard.example>" in line and "status=sent" in line for line in mta.log_lines()) >= 3000, 40):
        wrong.append("not all of 3,000 were delivered")
    if sum("to=<bulk7@discard.example>" in line for line in mta.log_lines()) > 1:
        wrong.append("delivered twice")
    return wrong


@attack("C4", "aliases that include themselves, and each other")
def loops(mta):
    # A list that holds nothing but itself addresses nobody, as in Postfix; it must only end.
    mta.sendmail(["selfinclude@example.test"], b"Subject: loop\n\nx\n")
    mta.sendmail(["pingpong@example.test"], b"Subject: loop\n\nx\n")
    line = mta.wait_log(lambda text: "orig_to=<pingpong@example.test>" in text and "status=" in text)
    wrong = [] if line and "status=bounced" in line and "loop" in line else [f"got {line}"]
    token = mta.token()
    mta.sendmail(["games@example.test"], b"Subject: after\n\n" + token.encode() + b"\n")
    if not mta.wait(lambda: os.path.exists(f"{mta.mail}/spool/games") and token in open(f"{mta.mail}/spool/games", errors="replace").read(), 40):
        wrong.append("others are not served")
    return wrong + mta.alive("local")


@attack("C5", "addresses that blow up parsers")
def addresses(mta):
    wrong = []
    for text in ("(" * 900, "a:b:c:;" * 100, "," * 900, '"\\"' * 200, "<@a,@b,@c:" * 60, "@" * 900, "a@" + "[" * 500, "." * 900):
        started = time.monotonic()
        replies = one(mta, "EHLO x", f"MAIL FROM:<{text}>")
        if time.monotonic() - started > 10:
            wrong.append(f"{text[:10]!r} took {time.monotonic() - started:.1f} s")
    started = time.monotonic()
    mta.sendmail(["box@virt.test"], b"To: " + b"(" * 20_000 + b"," * 100_000 + b"\nCc: " + b"a:b;" * 20_000 + b"\nSubject: x\n\nx\n")
    return wrong + ([f"headers took {time.monotonic() - started:.0f} s"] if time.monotonic() - started > 20 else [])


@attack("C6", "a pattern that backtracks for ever is a temporary error, never a rule passed over")
def backtracking(mta):
    started = time.monotonic()
    replies = [one(mta, "EHLO x", f"MAIL FROM:<{'a' * 60}{end}@b.example>", "RCPT TO:<box@virt.test>")[3] for end in ("!", "!!")]
    wrong = [] if time.monotonic() - started < 5 else [f"took {time.monotonic() - started:.0f} s"]
    return wrong + (expect(replies[0], "451") if mta.kind == "ours" else []) + expect(replies[1], "554")


@attack("C9", "clients that trickle do not keep others out")
def trickle(mta):
    slow = [mta.connect("127.0.0.3") for _ in range(60)]
    try:
        for peer in slow:
            peer.send(b"E")
        started = time.monotonic()
        wrong = expect(one(mta, "EHLO x", "NOOP")[2], "250")
        return wrong + ([f"the next client waited {time.monotonic() - started:.0f} s"] if time.monotonic() - started > 20 else [])
    finally:
        for peer in slow:
            peer.close()


@attack("C12", "the size limit holds on every path")
def sizes(mta):
    wrong = expect(one(mta, "EHLO x", "MAIL FROM:<a@b.example> SIZE=99999999999")[2], "552")
    with mta.connect() as peer:
        peer.reply()
        for command in HELLO:
            peer.command(command)
        peer.send((b"x" * 998 + b"\r\n") * 11_000 + b".\r\n")
        wrong += expect(peer.reply(), "552")
    with mta.connect() as peer:
        peer.reply()
        for command in HELLO[:3]:
            peer.command(command)
        reply = ""
        for _ in range(12):
            peer.send(b"BDAT 1000000\r\n" + b"x" * 1_000_000)
            reply = peer.reply()
            if not reply.startswith("250"):
                break
        wrong += expect(reply, "552")
    status = mta.sendmail(["box@virt.test"], b"Subject: big\n\n" + b"x" * 80 * 1024 + (b"y" * 79 + b"\n") * 140_000)
    return wrong + (["sendmail took too much"] if status == 0 else [])


@attack("C13", "header names that are somebody's reserved words")
def reserved(mta):
    token = mta.token()
    mta.sendmail(["box@virt.test"], b"__proto__: x\nconstructor: x\nI\xcc\x87STANBUL: x\n" + b"Z" * 900 + b": x\nSubject: " + token.encode() + b"\n\nx\n")
    return [] if mta.wait_mail(token) else ["not delivered"]


@attack("C14", "no descriptors left: the server backs off and recovers")
def descriptors(mta):
    pids = mta.pids("smtpd")
    for pid in pids:
        count = len(os.listdir(f"/proc/{pid}/fd"))
        subprocess.run(["prlimit", "--pid", str(pid), f"--nofile={count + 6}:65536"], capture_output=True)
    peers = []
    try:
        for _ in range(40):
            peers.append(socket.create_connection(("127.0.0.1", mta.port), timeout=5))
        time.sleep(0.5)
    finally:
        for peer in peers:
            peer.close()
        for pid in pids:
            subprocess.run(["prlimit", "--pid", str(pid), "--nofile=4096:65536"], capture_output=True)
    return expect(one(mta, "EHLO x")[1], "250") + mta.alive("smtpd", "master")


@attack("D1", "a mailbox that is a link, a pipe, a directory or another user's")
def mailboxes(mta):
    wrong, target = [], f"{mta.dir}/target"
    with open(target, "w") as file:
        file.write("untouched")
    # The user's own file, so that its owner is no reason to leave it alone.
    os.chown(target, pwd.getpwnam("games").pw_uid, -1)
    os.chmod(target, 0o666)
    box = f"{mta.mail}/spool/games"
    plans = {"symbolic link": lambda: os.symlink(target, box), "hard link": lambda: os.link(target, box), "pipe": lambda: os.mkfifo(box),
             "directory": lambda: os.mkdir(box)}
    for name, plant in plans.items():
        subprocess.run(["rm", "-rf", box, box + ".lock"])
        plant()
        seen = len(mta.log_lines())
        mta.sendmail(["games@example.test"], b"Subject: d1\n\nx\n")
        line = mta.wait_log(lambda text: "to=<games@example.test>" in text, 40, seen)
        if not line or "status=sent" in line:
            wrong.append(f"{name}: {line}")
        if open(target).read() != "untouched":
            wrong.append(f"{name}: the target was written")
        subprocess.run([mta.command("postsuper"), "-c", mta.etc, "-d", "ALL"], capture_output=True)
    # A link in the place of the lock, which may be cleared or waited for; and a mailbox that somebody else has made.
    os.symlink(target, box + ".lock")
    mta.sendmail(["games@example.test"], b"Subject: d1\n\nx\n")
    mta.settle()
    if open(target).read() != "untouched":
        wrong.append("a link as lock: the target was written")
    subprocess.run(["rm", "-rf", box, box + ".lock", target])
    with open(box, "w") as file:
        file.write("trap")
    os.chown(box, pwd.getpwnam("nobody").pw_uid, -1)
    os.chmod(box, 0o666)
    mta.sendmail(["games@example.test"], b"Subject: d1\n\nx\n")
    mta.settle()
    if open(box).read() != "trap":
        wrong.append("another user's file got the mail")
    subprocess.run([mta.command("postsuper"), "-c", mta.etc, "-d", "ALL"], capture_output=True)
    subprocess.run(["rm", "-rf", box, box + ".lock"])
    return wrong


@attack("D13", "mail for two users at the same time: each mailbox is its owner's, and holds his mail alone")
def two_users(mta, each=25):
    users, seen = ("games", "news"), len(mta.log_lines())
    boxes = {user: f"{mta.mail}/spool/{user}" for user in users}
    subprocess.run(["rm", "-rf", *boxes.values()])
    threads = [threading.Thread(target=lambda user=user: [one(mta, *HELLO[:2], f"RCPT TO:<{user}@example.test>", "DATA", f"Subject: d13\r\n\r\nfor-{user}\r\n.", source="127.0.0.1") for _ in range(each)])
               for user in users for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    mta.wait(lambda: sum("relay=local" in line and "status=sent" in line for line in mta.log_lines()[seen:]) >= 4 * each, 60)
    wrong = []
    for user, box in boxes.items():
        text, owner = mta._read(box) if os.path.exists(box) else b"", os.stat(box).st_uid if os.path.exists(box) else -1
        counts = {other: text.count(b"\nfor-" + other.encode() + b"\n") for other in users}
        if owner != pwd.getpwnam(user).pw_uid or any(count != (2 * each if other == user else 0) for other, count in counts.items()):
            wrong.append(f"{user}'s mailbox is of uid {owner} and holds {counts}")
    subprocess.run(["rm", "-rf", *boxes.values()])
    return wrong


@attack("D3", "links in the place of files that root opens at start", slow=True)
def root_files(mta):
    target = f"{mta.dir}/precious"
    with open(target, "w") as file:
        file.write("precious")
    os.chmod(target, 0o600)
    mta.stop()
    wrong, plants = [], [f"{mta.dir}/data/master.lock", f"{mta.spool}/pid/master.pid", f"{mta.spool}/pid/unix.cleanup"]
    for path in plants:
        subprocess.run(["rm", "-f", path])
        os.symlink(target, path)
        subprocess.run([mta.command("postfix"), "-c", mta.etc, "start"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        time.sleep(0.5)
        status = os.stat(target)
        if open(target).read() != "precious" or status.st_uid != 0 or status.st_mode & 0o777 != 0o600:
            wrong.append(f"{path}: the target changed: {open(target).read()[:20]!r} uid {status.st_uid} mode {status.st_mode:o}")
        mta.stop()
        subprocess.run(["rm", "-f", path])
    mta.start()
    return wrong


@attack("D4", "links, pipes, empty, sparse and foreign files in maildrop")
def maildrop(mta):
    drop, wrong = f"{mta.spool}/maildrop", []
    secret = f"{mta.dir}/secret"
    with open(secret, "w") as file:
        file.write("TOPSECRET")
    os.chmod(secret, 0o700)
    # Another's message, where pickup could read it (by the sandbox's rules, too) and he who made the link could not.
    foreign = f"{mta.spool}/corrupt/foreign"
    with open(foreign, "wb") as file:
        file.write(b"".join(record(kind, data) for kind, data in (
            (b"S", b"box@virt.test"), (b"A", b"rewrite_context=local"), (b"R", b"box@virt.test"), (b"M", b""),
            (b"N", b"Subject: foreign"), (b"N", b""), (b"N", b"TOPSECRET"), (b"X", b""), (b"E", b""))))
    os.chown(foreign, pwd.getpwnam("postfix").pw_uid, -1)
    os.chmod(foreign, 0o744)
    names = [f"{drop}/A1B2C3D4E{i}" for i in range(8)]
    os.symlink(foreign, names[7])
    os.symlink(secret, names[0])
    os.link(secret, names[1])
    os.mkfifo(names[2], 0o744)
    open(names[3], "w").close()
    os.chmod(names[3], 0o744)
    with open(names[4], "wb") as file:
        file.truncate(1 << 32)
    os.chmod(names[4], 0o744)
    os.mkdir(names[5])
    with open(names[6], "wb") as file:
        file.write(os.urandom(5000))
    os.chmod(names[6], 0o744)
    token = mta.token()
    mta.sendmail(["box@virt.test"], b"Subject: after\n\n" + token.encode() + b"\n")
    if not mta.wait_mail(token):
        wrong.append("honest mail no longer passes")
    if any(b"TOPSECRET" in text for text in mta.mailbox()) or open(secret).read() != "TOPSECRET":
        wrong.append("the content leaked or changed")
    for name in (*names, foreign):
        subprocess.run(["rm", "-rf", name])
    return wrong + mta.alive("pickup")


@attack("D5", "a set-gid command with a hostile environment")
def environment(mta):
    wrong, marker = [], f"{mta.dir}/pwned"
    for variables in ({"DOTNET_DbgEnableMiniDump": "1"}, {"CLR_OPENSSL_VERSION_OVERRIDE": "/e"}, {"LD_PRELOAD": "/tmp/none.so"},
                      {"MAIL_CONFIG": "/tmp/evil"}, {"TZ": "/etc/shadow"}, {"DOTNET_STARTUP_HOOKS": "/tmp/x.dll"}):
        process = subprocess.run([*STRANGER, mta.command("postqueue"), "-c", mta.etc, "-p"],
                                 env={**variables, "PATH": "/usr/bin"}, capture_output=True, timeout=20, cwd="/tmp")
        if process.returncode < 0 or os.path.exists(marker):
            wrong.append(f"{variables}: exit {process.returncode}")
    place = f"{mta.dir}/crash"
    os.makedirs(place, exist_ok=True)
    os.chmod(place, 0o1777)
    with open(f"{place}/createdump", "w") as file:
        file.write(f"#!/bin/sh\nid -g >{place}/pwned\n")
    os.chmod(f"{place}/createdump", 0o755)
    # A name of its own choice, and a death at every moment: the runtime would look for its helper beside that name.
    for delay in (0.0, 0.005, 0.01, 0.02, 0.05, 0.1):
        process = subprocess.Popen([*STRANGER, "bash", "-c", f"exec -a {place}/x {mta.command('postdrop')} -c {mta.etc}"], env={"DOTNET_DbgEnableMiniDump": "1", "PATH": "/usr/bin"},
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        subprocess.run([*STRANGER, "kill", "-SEGV", str(process.pid)], capture_output=True)
        process.stdin.close()
        process.wait(20)
    if os.path.exists(f"{place}/pwned"):
        wrong.append("the runtime ran the caller's program")
    subprocess.run(["rm", "-rf", place])
    for what in ("exec 0<&- 1>&- 2>&-", "ulimit -f 0", "ulimit -n 3", "ulimit -v 40000", "ulimit -t 1", "ulimit -s 100", "trap '' TERM INT HUP PIPE ALRM CHLD"):
        for tool in ("postdrop -r", "postqueue -p", "postlog x"):
            name, _, rest = tool.partition(" ")
            try:
                subprocess.run([*STRANGER, "bash", "-c", f"{what}; exec {mta.command(name)} -c {mta.etc} {rest}"], input=b"", capture_output=True, timeout=30)
            except subprocess.TimeoutExpired:
                wrong.append(f"{what}: {tool} does not end")
    try:
        subprocess.run([*STRANGER, mta.command("postqueue"), *["-"] * 100_000], capture_output=True, timeout=30)
    except subprocess.TimeoutExpired:
        wrong.append("a hundred thousand arguments: postqueue does not end")
    token = mta.token()
    mta.sendmail(["box@virt.test"], b"Subject: after\n\n" + token.encode() + b"\n")
    left = [name for name in os.listdir(f"{mta.spool}/maildrop") if "." in name]
    return wrong + ([] if mta.wait_mail(token) else ["honest mail no longer passes"]) + ([f"left behind: {left}"] if left else [])


@attack("D6", "signals during a submission")
def signals(mta):
    wrong = []
    for signal in ("HUP", "INT", "TERM", "ALRM", "PIPE"):
        process = subprocess.Popen([mta.command("sendmail"), "-C", mta.etc, "-i", "box@virt.test"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdin.write(b"Subject: s\n\nx\n")
        process.stdin.flush()
        time.sleep(0.2)
        subprocess.run(["kill", f"-{signal}", str(process.pid)])
        try:
            process.stdin.close()
        except OSError:
            pass
        process.wait(20)
    mta.wait(lambda: not any("." in name for name in os.listdir(f"{mta.spool}/maildrop")), 10)
    left = [name for name in os.listdir(f"{mta.spool}/maildrop") if "." in name]
    return wrong + ([f"left behind: {left}"] if left else [])


@attack("D7", "a command sees descriptors 0, 1 and 2 only")
@attack("D8", "and an environment of documented variables")
@attack("D15", "and the default action for SIGPIPE")
def command(mta):
    out = f"{mta.mail}/spool/out"
    subprocess.run(["rm", "-f", out])
    mta.sendmail(["tellme@example.test"], b"Subject: d7\n\nx\n")
    if not mta.wait(lambda: os.path.exists(out) and "\nEND\n" in open(out).read(), 40):
        return ["the command did not run"]
    text = open(out).read()
    numbers = {int(n) for n in re.findall(r"FD (\d+)", text)} - {3}      # the listing's own
    names = {line.split("=")[0][4:] for line in text.splitlines() if line.startswith("ENV ") and "=" in line}
    wrong = [f"descriptors {sorted(numbers)}"] if not numbers <= {0, 1, 2} else []
    # local(8) and export_environment, and what the shell adds.
    documented = {"DOMAIN", "EXTENSION", "HOME", "LOCAL", "LOGNAME", "ORIGINAL_RECIPIENT", "RECIPIENT", "SENDER", "SHELL", "USER", "TZ", "MAIL_CONFIG", "LANG", "PATH",
                  "PWD", "OLDPWD", "SHLVL", "_"}
    wrong += [f"variables {sorted(names - documented)}"] if names - documented else []
    # D15: signal 13 is bit 12 of the ignored ones.
    ignored = int(re.search(r"SIG ([0-9a-f]+)", text).group(1), 16)
    return wrong + (["SIGPIPE is ignored in the command"] if ignored & 1 << 12 else [])


@attack("D9", "garbage on every public socket; others are served")
def public_sockets(mta):
    wrong, names = [], sorted(os.listdir(f"{mta.spool}/public")) + sorted(os.listdir(f"{mta.spool}/private"))
    for name in names:
        path = next(f"{mta.spool}/{d}/{name}" for d in ("public", "private") if os.path.exists(f"{mta.spool}/{d}/{name}"))
        for data in (b"\0" * 70_000, b"request\0" + b"A" * 200_000, b"\xff" * 1000, b"a=b\n\n" * 1000, b""):
            try:
                with socket.socket(socket.AF_UNIX) as peer:
                    peer.settimeout(2)
                    peer.connect(path)
                    peer.sendall(data)
            except OSError:
                pass
    token = mta.token()
    mta.sendmail(["box@virt.test", "r@far.example"], b"Subject: after\n\n" + token.encode() + b"\n")
    if not mta.wait_mail(token, 40) or mta.wait_sink(token) is None:
        wrong.append("mail no longer passes")
    return wrong + [line for line in mta.log_lines() if "killed by signal" in line][:3]


@attack("D10", "datagrams to the log service")
def datagrams(mta):
    path = f"{mta.spool}/public/postlog"
    for data in (b"", b"\0" * 100, b"x" * 60_000, b"\xff\xfe%n{0}\n\n", b"a\nb\rc\x1b"):
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as peer:
                peer.sendto(data, path)
        except OSError:
            pass
    time.sleep(0.5)
    wrong = ["control bytes in the log"] if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", mta.raw_log()) else []
    return wrong + mta.alive("postlogd")


def documented():
    """The table of processes in docs/SECURITY.md: program -> (its user, whether its root may be the queue directory)."""
    rows = {}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "SECURITY.md")) as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if len(cells) == 6:
                rows.update({name: (cells[1], cells[2]) for name in re.findall(r"`([a-z-]+)`", cells[0])})
    return rows


@contextlib.contextmanager
def every_service(mta):
    """A client at every socket, so that every daemon runs."""
    peers = [socket.create_connection(("127.0.0.1", port), timeout=10) for port in (mta.port, mta.screen_port)]
    try:
        for folder in ("public", "private"):
            for name in sorted(os.listdir(f"{mta.spool}/{folder}")):
                peer = socket.socket(socket.AF_UNIX)
                peers.append(peer)
                try:
                    peer.connect(f"{mta.spool}/{folder}/{name}")
                except OSError:
                    pass        # of datagrams, or of a service that is gone
        yield
    finally:
        for peer in peers:
            peer.close()


def privileges(mta, confined=()):
    """What the kernel says of each process, held against docs/SECURITY.md: user, groups, capabilities, root, descriptors."""
    owner, wrong, seen, rows = pwd.getpwnam("postfix"), [], set(), documented()
    allowed = {str(group) for group in os.getgrouplist("postfix", owner.pw_gid)}
    processes = mta.processes()
    master = str(next((pid for pid, name in processes if name == "master"), 0))
    for pid, name in processes:
        try:
            with open(f"/proc/{pid}/status") as file:
                status = {key: value.split() for key, _, value in (line.partition(":") for line in file)}
            root = os.readlink(f"/proc/{pid}/root")
            files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            continue
        if status["PPid"][0] != master and name != "master":
            continue        # a worker or a command: the rights of whom it works for
        seen.add(name)
        if name not in rows and mta.kind == "ours":
            wrong.append(f"{name} has no row in docs/SECURITY.md")
        user = rows.get(name, ("owner", ""))[0]
        held = [kind for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb") if int(status[kind][0], 16)]
        if user == "root":
            wrong += [] if set(status["Uid"]) == {"0"} else [f"{name}: uid {status['Uid']}"]
        elif user.startswith("root parent"):
            if mta.kind == "ours" and (status["Uid"] != ["0", str(owner.pw_uid)] * 2 or set(status["Gid"]) != {str(owner.pw_gid)} or set(held) - {"CapPrm"}):
                wrong.append(f"{name}: uid {status['Uid']} gid {status['Gid']} capabilities {held}")
        elif set(status["Uid"]) != {str(owner.pw_uid)} or set(status["Gid"]) != {str(owner.pw_gid)} or not set(status["Groups"]) <= allowed or held:
            wrong.append(f"{name}: uid {status['Uid']} gid {status['Gid']} groups {status['Groups']} capabilities {held}")
        if name not in ("master", "local", "pipe", "spawn") and mta.kind == "ours" and (status["NoNewPrivs"], status["Seccomp"]) != (["1"], ["2"]):
            wrong.append(f"{name}: NoNewPrivs {status['NoNewPrivs']} Seccomp {status['Seccomp']}")
        if root != (mta.spool if name in confined else "/"):
            wrong.append(f"{name}: root is {root}")
        for path in files:
            if not path.startswith(("socket:", "pipe:", "anon_inode:", "/dev/null", "/dev/urandom", mta.dir, "/usr/share/", "/memfd:")):
                wrong.append(f"{name}: holds {path} open")
    # lmtp is smtp by its file's name; the others of the table are commands.
    missing = set(rows) - seen - {"lmtp", "postdrop", "postqueue", "postlog"} if mta.kind == "ours" else set()
    return wrong + ([f"not seen: {sorted(missing)}"] if missing else [])


@attack("D12", "every process has the identity, capabilities and descriptors it needs, and no more")
def identities(mta):
    token = mta.token()
    mta.sendmail(["box@virt.test", "r@far.example"], b"Subject: d12\n\n" + token.encode() + b"\n")
    one(mta, "EHLO x")
    mta.wait_mail(token)
    mta.wait_sink(token)
    with every_service(mta):
        return settled(mta) + reachable(mta)


@attack("D12", "who cannot take on its identity ends: it serves nobody, and delivers nothing with the rights that it had")
def refused_identity(mta):
    wrong, box, out = [], f"{mta.mail}/spool/games", f"{mta.mail}/spool/out"

    def send():
        subprocess.run(["rm", "-rf", box, out])
        mta.sendmail(["games@example.test", "tellme@example.test"], b"Subject: d12\n\nx\n")

    def owners():
        return {name: pwd.getpwuid(os.stat(path).st_uid).pw_name for name, path in (("mailbox", box), ("command", out)) if os.path.exists(path)}

    def delivered():
        return owners().keys() == {"mailbox", "command"}

    with other_configuration(mta, "master.cf") as path:
        # The master becomes the queue's owner when it wakes a service: only what it starts is to fail.
        with open(path) as file:
            text = re.sub(r"(?m)^(pickup +unix(?: +\S+){3} +)\S+", r"\g<1>600", file.read())
        with open(path, "w") as file:
            file.write(text)
        mta.start()
        send()
        mta.wait(delivered, 20)
        # Whose calls fail, which, and from which on: smtpd, local, its worker as root, the worker as a user, run-as.
        for traced, call, number in (("master", "setresuid", 1), ("master", "setgroups", 1), ("master", "setresuid", 3), ("local", "setresuid", 1)):
            label = f"{call} of what {traced} starts, from the {number}. on"
            tracer = Tracer(mta.pids(traced), (call,), f"{call}:error=EPERM:when={number}+")
            for pid in mta.pids("smtpd") + (mta.pids("local") if traced == "master" else []):
                os.kill(pid, 15)
            send()
            try:
                with socket.create_connection(("127.0.0.1", mta.port), timeout=2) as peer:
                    greeting = peer.recv(100)
            except OSError:
                greeting = b""
            mta.wait(tracer.hit, 10)
            mta.wait(delivered, 1.5)
            if not tracer.hit():
                wrong.append(f"{label}: no call failed")
            found = owners()
            wrong += [f"{label}: {name} of {owner}" for name, owner in found.items() if owner != {"mailbox": "games", "command": "nobody"}[name]]
            if traced == "master" and number == 1 and greeting:
                wrong.append(f"{label}: somebody was served: {greeting!r}")
            tracer.detach()
            if not mta.wait(lambda: mta.flush() or delivered(), 30):
                wrong.append(f"{label}: afterwards only {sorted(owners())} were delivered")
            mta.wait(lambda: one(mta, "EHLO x")[1].startswith("250"), 20)
        subprocess.run(["rm", "-rf", box, out])
    return wrong


def settled(mta, confined=()):
    """A process that has just been started may not have given up its rights yet."""
    mta.wait(lambda: not privileges(mta, confined), 20)
    return privileges(mta, confined)


def reachable(mta):
    """What the accounts that processes run as can do to files: find(1), asked as each of them."""
    def found(account, groups, *test):
        command = ["setpriv", f"--reuid={account}", *groups, "find", mta.dir, "(", *test, ")", "-print"]
        lines = subprocess.run(command, capture_output=True, timeout=60, cwd="/").stdout.decode("latin-1").splitlines()
        return {os.path.relpath(line, mta.dir) for line in lines}

    group = ("--regid=nogroup", "--clear-groups")
    wrong, writes = [], ("!", "-type", "l", "-writable")
    # Places where an account may write, each with all that is below it.
    for what, account, groups, places in (
            ("the mail system", "postfix", ("--regid=postfix", "--clear-groups"),
             ("data", "mail/spool", *(f"spool/{name}" for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "private", "public", "saved", "spare", "trace")))),
            ("a submission", "nobody", ("--regid=postdrop", "--clear-groups"), ("mail/spool", "spool/maildrop", "spool/public")),
            ("a stranger", "nobody", group, ("mail/spool",))):
        writable = found(account, groups, *writes)
        wrong += [f"{what} may write to {path}" for path in sorted(writable) if not any(path == place or path.startswith(place + "/") for place in places)]
        wrong += [] if places[-1] in writable or "mail/spool" in writable else [f"{what}: nothing was looked at"]
    if "etc/key.pem" in found("postfix", ("--regid=postfix", "--clear-groups"), "-readable"):
        wrong.append("the mail system's account may read the server's key")
    wrong += [f"a stranger may read {path}" for path in sorted(found("nobody", group, "-path", f"{mta.spool}/*", "-type", "f", "-readable")) if "/pid/" not in path]
    return wrong


@attack("D14", "confined to the queue directory mail passes all the same; who cannot be confined does not start")
def confined(mta):
    inside = {name for name, (_, root) in documented().items() if root.startswith("yes")} - ({"proxymap", "postlogd"} if mta.kind == "debian" else set())
    lines, outside = [], {}
    for line in mta._read(f"{mta.etc}/master.cf").decode().splitlines():
        fields = line.split()
        if len(fields) >= 8 and not line.startswith("#"):
            if fields[7] in inside:
                fields[4] = "y"
            elif fields[1] == "unix":
                outside[fields[7]] = " ".join([f"jailed-{fields[7]}", *fields[1:4], "y", *fields[5:]])
        lines.append(" ".join(fields))
    with other_configuration(mta, "master.cf") as path:
        with open(path, "w") as file:
            file.write("\n".join(lines + ([*outside.values()] if mta.kind == "ours" else [])) + "\n")
        mta.start()
        seen, token = len(mta.log_lines()), mta.token()
        mta.sendmail(["box@virt.test", "r@far.example"], b"Subject: d14\n\n" + token.encode() + b"\n")
        wrong = expect(one(mta, "EHLO x", "MAIL FROM:<s@b.example>", "RCPT TO:<box@virt.test>")[3], "250")
        if not mta.wait_mail(token) or mta.wait_sink(token) is None:
            wrong.append("mail does not pass")
        with every_service(mta):
            wrong += settled(mta, inside)
            if mta.kind == "ours":
                wrong += [f"{name} starts with another root" for name in outside if not mta.wait_log(lambda line: f"/{name}[" in line and "fatal: " in line, 20, seen)]
        return wrong


RELAYS = ("user@far-away.example", "user%far-away.example@example.test", "far-away.example!user@example.test", '"user@far-away.example"@example.test',
          "@example.test:user@far-away.example", '"user%far-away.example"', "user@far-away.example@example.test", '""@far-away.example',
          "user@[192.0.2.1]", "user@[IPv6:2001:db8::1]", "user%far-away.example@[127.0.0.1]", "user@0x7f.1", "user@[0x7f.1]", "user@far-away.example.",
          '"far-away.example!user"@example.test', "user%[192.0.2.1]@example.test", "<user@far-away.example>", "user@EXAMPLE.TEST@far-away.example",
          "virt.test!user%far-away.example@virt.test", "user%far-away.example%far-away.example@example.test")


@attack("E1", "no relay for strangers, however the address is written")
def relay(mta):
    wrong = []
    for recipient in RELAYS:
        replies = one(mta, "EHLO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{recipient}>")
        if replies[3].startswith("250"):
            token = mta.token()
            one(mta, "EHLO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{recipient}>", "DATA", f"Subject: r\r\n\r\n{token}\r\n.")
            mta.settle(5)
            if mta.in_sink(token):
                wrong.append(f"relayed for {recipient}")
        # Where every local user is taken for known, the refusal is that of the relay alone.
        for source in ("127.0.0.2", "127.255.255.254"):
            wrong += [f"{recipient} from {source}: {text}" for text in expect(one(mta, "EHLO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{recipient}>", source=source, port=mta.relay_port)[3], "554", "501")]
    return wrong + expect(one(mta, "EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<user@far.example>", source="127.0.0.1", port=mta.relay_port)[3], "250")


@attack("E2", "XCLIENT and XFORWARD are for nobody")
def xclient(mta):
    replies = one(mta, "EHLO x", "XCLIENT ADDR=127.0.0.1 NAME=localhost", "XFORWARD ADDR=127.0.0.1")
    return ([] if "XCLIENT" not in replies[1] else ["XCLIENT offered"]) + expect(replies[2], "5") + expect(replies[3], "5")


@attack("E3", "a PROXY header where none is expected changes nothing; where one is, only a whole one is believed")
def proxy(mta):
    replies = one(mta, "PROXY TCP4 127.0.0.1 127.0.0.1 1 25", "EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<x@far-away.example>")
    wrong = expect(replies[1], "5", "closed", "221") + (expect(replies[4], "5") if len(replies) > 4 else [])

    def behind_proxy(header):
        """What the client of that header hears when it asks for relay."""
        with mta.connect(port=mta.proxy_port) as peer:
            try:
                peer.send(header)
                for command in ("EHLO x", "MAIL FROM:<a@b.example>"):
                    peer.reply()
                    peer.send(command.encode() + b"\r\n")
                peer.reply()
                return peer.command("RCPT TO:<x@far-away.example>")
            except OSError:
                return "closed"

    wrong += expect(behind_proxy(b"PROXY TCP4 127.0.0.1 127.0.0.1 1000 25\r\n"), "250")
    signature = b"\r\n\r\n\0\r\nQUIT\n"
    for header in (b"PROXY TCP4 203.0.113.9 127.0.0.1 1000 25\r\n", signature + b"\x21\x11\0\x0c" + bytes((203, 0, 113, 9, 127, 0, 0, 1, 3, 232, 0, 25)),
                   b"PROXY TCP4 127.0.0.1\r\n", b"PROXY TCP4 0x7f.1 127.0.0.1 1000 25\r\n", b"PROXY TCP4 999.0.0.1 127.0.0.1 1000 25\r\n", b"PROXY TCP4 127.0.0.1 127.0.0.1 99999 25\r\n",
                   b"PROXY " + b"x" * 300, b"PROXY TCP6 ::ffff:127.0.0.1%lo 127.0.0.1 1 25\r\n", signature + b"\x21\x11\xff\xff" + b"x" * 40, signature + b"\x2f\x11\0\x0c" + b"\x7f\0\0\1" * 3,
                   b"GET / HTTP/1.1\r\n\r\n", b"PROX", b"\0" * 200):
        answer = behind_proxy(header)
        if answer.startswith("2"):
            wrong.append(f"{header[:40]!r}: {answer}")
    return wrong + mta.alive("smtpd")


@attack("E4", "a milter that is not there, hangs up, or talks nonsense")
def milter(mta):
    wrong = []
    for port_reply in (None, b"", b"\xff\xff\xff\xffX", b"\0\0\0\1Z", b"\0\0\0\15O\0\0\0\6"):
        mta.milter.reply = port_reply
        with mta.connect(port=mta.milter_port) as peer:
            replies = [peer.reply()]
            try:
                for command in HELLO:
                    replies.append(peer.command(command))
            except OSError:
                replies.append("closed")
        if replies[-1].startswith("354"):
            wrong.append(f"{port_reply!r}: mail is taken without the milter")
    return wrong


@attack("E5", "a policy service that is not there, or talks nonsense, lets nobody in")
def policy(mta):
    wrong = []
    for reply in (None, b"", b"garbage\n\n", b"action=\n\n", b"action=OK", b"\0" * 5000, b"action=PERMIT\0\n\n"):
        mta.policy.reply = reply
        with mta.connect("127.0.0.2", port=mta.policy_port) as peer:
            peer.reply()
            try:
                for command in HELLO[:2]:
                    peer.command(command)
                answer = peer.command(HELLO[2])
            except OSError:
                answer = "closed"
        if answer.startswith("250") and reply != b"action=\n\n":
            wrong.append(f"{reply!r}: {answer}")
    return wrong


@attack("E6", "no notice about a notice; unknown users are refused at RCPT")
def backscatter(mta):
    wrong = expect(one(mta, "EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<nobody-by-that-name@example.test>")[3], "550")
    seen = len(mta.log_lines())
    one(mta, "EHLO x", "MAIL FROM:<>", "RCPT TO:<reject@far.example>", "DATA", "Subject: b\r\n\r\nx\r\n.", source="127.0.0.1")
    if not mta.wait_log(lambda text: "to=<reject@far.example>" in text and "status=bounced" in text, 40, seen):
        wrong.append("the message was not returned")
    mta.settle()
    return wrong + [line for line in mta.log_lines()[seen:] if "sender non-delivery notification" in line]


@attack("E8", "51 Received headers are a loop")
def hops(mta):
    seen = len(mta.log_lines())
    mta.sendmail(["box@virt.test"], b"Received: from x by y; now\n" * 51 + b"Subject: hops\n\nx\n")
    return [] if mta.wait_log(lambda text: "too many hops" in text, 40, seen) else ["delivered for ever"]


@attack("E9", "a table that fails is no answer", slow=True)
def tables(mta):
    with mta.connect("127.0.0.2", port=mta.table_port) as peer:
        peer.reply()
        for command in HELLO[:2]:
            peer.command(command)
        return expect(peer.command(HELLO[2]), "451")


def record(kind, data):
    length, size = b"", len(data)
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return kind + length + bytes([size]) + data


@attack("B11", "a local user cannot pose as the verify service: no probe of his makes an address known as bad")
def poisoned_verify(mta):
    wrong, seen = [], len(mta.log_lines())
    for flags in (b"256", b"768", b"1280", b"-1", b"256 "):
        stream = b"".join(record(kind, data) for kind, data in (
            (b"A", b"trace_flags=" + flags), (b"A", b"rewrite_context=local"), (b"S", b"box@virt.test"), (b"R", b"reject-" + flags.strip(b"- ") + b"@far.example"),
            (b"M", b""), (b"N", b"Subject: probe"), (b"N", b""), (b"X", b""), (b"E", b"")))
        subprocess.run([mta.command("postdrop"), "-c", mta.etc, "-r"], input=stream, capture_output=True, timeout=40)
    mta.wait(lambda: sum("to=<reject-" in line and "status=" in line for line in mta.log_lines()[seen:]) >= 5, 20)
    wrong += [line for line in mta.log_lines()[seen:] if "status=undeliverable" in line or "status=deliverable" in line]
    if not any("to=<reject-" in line and "status=bounced" in line for line in mta.log_lines()[seen:]):
        wrong.append("the submissions were not treated as mail")
    return wrong


@attack("C7", "sixty thousand client networks: the counters stay fast, and small")
def client_flood(mta):
    times = []
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(60)
        peer.connect(f"{mta.spool}/private/anvil")
        for turn in range(6):
            requests = b"".join(b"request=%b\nident=smtp:2001:db8:%x:%x::\n\n" % (verb, turn, i) for i in range(10_000) for verb in (b"connect", b"disconnect"))
            started, replies = time.monotonic(), 0
            sender = threading.Thread(target=peer.sendall, args=(requests,), daemon=True)
            sender.start()
            while replies < 20_000 and (chunk := peer.recv(1 << 20)):
                replies += chunk.count(b"status=0")
            times.append(time.monotonic() - started)
    wrong = [] if times[-1] < 5 * times[0] + 5 else [f"seconds per 10,000 clients: {times}"]
    return wrong + mta.too_large("anvil") + mta.alive("anvil") + expect(one(mta, "EHLO x")[1], "250")


@attack("C15", "settings at their extremes, a character set without room for a word: it ends")
def extremes(mta):
    with other_configuration(mta, "main.cf"):
        mta.set(full_name_encoding_charset="x" * 90, header_size_limit="1", header_address_token_limit="1", mime_nesting_limit="1", mime_boundary_length_limit="1",
                line_length_limit="512", smtp_line_length_limit="1", duplicate_filter_limit="1", bounce_size_limit="1")
        mta.start()
        token, seen = mta.token(), len(mta.log_lines())
        subprocess.run([mta.command("sendmail"), "-C", mta.etc, "-i", "-F", b"J\xfcrgen " * 40, "-f", "box@virt.test", "box@virt.test", "r@far.example"],
                       input=b"X-Long: " + b"y" * 5000 + b"\n" + b"Content-Type: multipart/mixed; boundary=" + b"z" * 300 + b"\n\n" + token.encode() + b"\n",
                       capture_output=True, timeout=40)
        if not mta.wait_log(lambda line: "status=sent" in line or "status=bounced" in line, 40, seen):
            return ["nothing came of the message"]
        return mta.alive("cleanup", "smtp", "virtual", "qmgr")


@attack("D2", "a user's .forward, a list's owner: what is delivered for a user has that user's rights")
def cross_user(mta):
    wrong, homes = [], f"{mta.dir}/homes"
    victim, other = pwd.getpwnam("games"), pwd.getpwnam("nobody")
    os.makedirs(f"{homes}/games", exist_ok=True)
    os.chmod(homes, 0o755)
    os.chown(f"{homes}/games", victim.pw_uid, victim.pw_gid)
    for name in ("rootdir", "open"):
        os.makedirs(f"{homes}/{name}", exist_ok=True)
    os.chmod(f"{homes}/rootdir", 0o755)
    os.chmod(f"{homes}/open", 0o1777)
    mark, forward, listed = f"{homes}/open/mark", f"{homes}/games/.forward", f"{homes}/games/list"
    box = f"{mta.mail}/spool/games"
    # (name, owner and mode of the file, its text, what may come of it)
    forwards = (
        ("his own command", victim, 0o644, f'"|id -u >{mark}"', "games"),
        ("another user's .forward", other, 0o644, f'"|id -u >{mark}"', None),
        ("one that everybody may write", victim, 0o666, f'"|id -u >{mark}"', None),
        ("a file where only root may write", victim, 0o644, f"{homes}/rootdir/mark", None),
        ("a file of his", victim, 0o644, mark, "games"),
        ("a link to a file of root's", victim, 0o644, f"{homes}/open/link", None),
        ("a list of root's that no other may read", victim, 0o644, f":include:{homes}/rootdir/secret", None),
        ("a path that is not absolute", victim, 0o644, ":include:secret", None),
    )
    secret = f"{homes}/rootdir/secret"
    with open(secret, "w") as file:
        file.write(f'"|id -u >{mark}"\n')
    os.chmod(secret, 0o600)
    precious = f"{homes}/rootdir/precious"
    with open(precious, "w") as file:
        file.write("precious")
    os.chmod(precious, 0o600)
    subprocess.run(["ln", "-sfn", precious, f"{homes}/open/link"])
    with other_configuration(mta, "main.cf"):
        with open(f"{mta.etc}/aliases.games", "w") as file:
            file.write(f"biglist :include:{listed}\n")
        mta.set(forward_path=f"{homes}/$user/.forward", alias_maps=f"texthash:{mta.etc}/aliases.games")
        mta.start()

        def tried(what, recipient):
            seen = len(mta.log_lines())
            mta.sendmail([recipient], b"Subject: d2\n\nx\n")
            mta.wait_log(lambda line: "relay=local" in line and f"to=<{recipient}>" in line and "status=" in line, 40, seen)
            subprocess.run([mta.command("postsuper"), "-c", mta.etc, "-d", "ALL"], capture_output=True)
            mta.settle()
            status = os.lstat(mark) if os.path.lexists(mark) else None
            found = status and pwd.getpwuid(status.st_uid).pw_name
            if os.path.exists(f"{homes}/rootdir/mark") or open(precious).read() != "precious":
                wrong.append(f"{what}: root's directory was written")
            subprocess.run(["rm", "-rf", mark, box, box + ".lock", f"{homes}/rootdir/mark"])
            return found

        for what, owner, mode, content, may in forwards:
            with open(forward, "w") as file:
                file.write(content + "\n")
            os.chown(forward, owner.pw_uid, owner.pw_gid)
            os.chmod(forward, mode)
            found = tried(what, "games@example.test")
            if found != may:
                wrong.append(f"{what}: the mark is of {found}, want {may}")
            os.unlink(forward)
        for what, owner, mode, content in (("a command in a user's list", victim, 0o644, f'"|id -u >{mark}"'), ("a file in a user's list", victim, 0o644, mark),
                                           ("a list that everybody may write", victim, 0o666, mark)):
            with open(listed, "w") as file:
                file.write(content + "\n")
            os.chown(listed, owner.pw_uid, owner.pw_gid)
            os.chmod(listed, mode)
            found = tried(what, "biglist@example.test")
            if found:
                wrong.append(f"{what}: it was obeyed, as {found}")
        return wrong + mta.alive("local")


@attack("C10", "postscreen: 32 MB before the greeting and 32 MB behind it, without a line end and in one-letter lines; 60 handshakes left in the middle")
def screen_flood(mta):
    wrong = []

    def flood(text, waits):
        with mta.connect("127.0.0.2", mta.screen_port) as peer:
            try:
                if waits:
                    peer.reply()
                    peer.send(b"EHLO flood.example\r\n")
                for _ in range(32):
                    peer.send(text * ((1 << 20) // len(text)))
            except OSError:
                pass        # it has had enough

    def handshake():
        with mta.connect("127.0.0.3", mta.screen_port) as peer:
            try:
                peer.reply()
                peer.command("EHLO flood.example")
                peer.command("STARTTLS")
                peer.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
                time.sleep(1)
            except OSError:
                pass

    for waits in (False, True):
        for text in (b"A", b"A\n"):
            flood(text, waits)
            wrong += mta.too_large("postscreen", "tlsproxy", "smtpd")
    threads = [threading.Thread(target=handshake) for _ in range(60)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    with mta.connect(port=mta.screen_port) as friend:
        wrong += expect(friend.reply(), "220")
        wrong += expect(friend.command("EHLO friend.example"), "250")
    if time.monotonic() - started > 10:
        wrong.append(f"another client waited {time.monotonic() - started:.0f} s")
    for thread in threads:
        thread.join()
    return wrong + mta.too_large("postscreen", "tlsproxy") + mta.alive("postscreen", "tlsproxy")


@attack("D11", "root makes tables in a user's directory: with the user's rights, through no link")
def foreign_tables(mta):
    wrong, place = [], f"{mta.dir}/users-own"
    user = pwd.getpwnam("games")
    precious = f"{mta.dir}/precious-table"
    for tool, source in (("postmap", "key value\n"), ("postalias", "key: value\n")):
        for kind in ("nothing", "symbolic link", "hard link"):
            subprocess.run(["rm", "-rf", place])
            os.mkdir(place)
            with open(f"{place}/table", "w") as file:
                file.write(source)
            for name in (place, f"{place}/table"):
                os.chown(name, user.pw_uid, user.pw_gid)
            with open(precious, "w") as file:
                file.write("precious")
            os.chmod(precious, 0o600)
            if kind != "nothing":
                (os.symlink if kind == "symbolic link" else os.link)(precious, f"{place}/table.lmdb")
            status = subprocess.run([mta.command(tool), "-c", mta.etc, f"lmdb:{place}/table"], capture_output=True, timeout=40).returncode
            after = os.stat(precious)
            if open(precious).read() != "precious" or after.st_uid != 0 or after.st_mode & 0o777 != 0o600:
                wrong.append(f"{tool}, {kind}: root's file changed (uid {after.st_uid}, mode {after.st_mode:o}, {after.st_size} bytes)")
            elif kind == "nothing" and (status or os.stat(f"{place}/table.lmdb").st_uid != user.pw_uid):
                wrong.append(f"{tool}: status {status}, the table is of {os.stat(f'{place}/table.lmdb').st_uid if not status else 'nobody'}")
            elif kind != "nothing" and not status and os.stat(f"{place}/table.lmdb").st_uid != user.pw_uid:
                wrong.append(f"{tool}, {kind}: a table of root's in the user's directory")
    return wrong


@attack("D16", "deleting by ids that have been used: no message of another name goes")
def recycled_ids(mta):
    seen = len(mta.log_lines())
    for _ in range(15):
        mta.sendmail(["box@virt.test"], b"Subject: old\n\nx\n")
    def removed():
        return [match.group(1) for line in mta.log_lines()[seen:] if (match := re.search(r"qmgr\[\d+\]: (\w+): removed", line))]

    mta.wait(lambda: len(removed()) >= 15, 10)
    old = sorted(set(removed()))
    tokens = []
    for _ in range(25):
        tokens.append(mta.token())
        mta.sendmail(["box@virt.test"], b"Subject: new\n\n" + tokens[-1].encode() + b"\n")
        subprocess.run([mta.command("postsuper"), "-c", mta.etc, "-d", "-"], input="\n".join(old).encode() + b"\n", capture_output=True, timeout=40)
    missing = [token for token in tokens if not mta.wait_mail(token)]
    return ([f"{len(missing)} of 25 messages are gone"] if missing else []) + ([] if len(old) >= 5 else [f"only {len(old)} ids to try"])


@attack("C11", "a user who submits without end, garbage in maildrop, more mail than the queue manager takes: others are served, nothing is lost")
def floods(mta):
    return maildrop_flood(mta) + queue_flood(mta)


class Bystander:
    """Another user, who sends one message after the other meanwhile and notes how long each took."""

    def __init__(self, mta):
        self._mta, self._over = mta, threading.Event()
        self.tokens, self.slowest, self.wrong = [], 0.0, []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._over.wait(0.2):
            token, started = self._mta.token(), time.monotonic()
            replies = one(self._mta, *HELLO, f"Subject: other\r\n\r\n{token}\r\n.")
            self.slowest = max(self.slowest, time.monotonic() - started)
            if replies[-1].startswith("250"):
                self.tokens.append(token)
            else:
                self.wrong.append(f"another user heard {replies[-1]!r}")

    def end(self, limit):
        self._over.set()
        self._thread.join(60)
        if not self.tokens:
            self.wrong.append("another user sent nothing meanwhile")
        if self.slowest > limit:
            self.wrong.append(f"another user waited {self.slowest:.1f} s for a message to be taken")
        return self.wrong + [f"another user's {token} is lost" for token in self.tokens if not self._mta.wait_mail(token, 60)]


def delivered_once(mta, promised, seen, limit):
    """All of these recipients have one delivery in the log; the system needs nobody to get there."""
    def counts():
        found = {}
        for line in mta.log_lines()[seen:]:
            if "status=sent" in line and (match := re.search(r" to=<([^>]*)>", line)):
                found[match.group(1)] = found.get(match.group(1), 0) + 1
        return found

    mta.wait(lambda: promised <= counts().keys(), limit)
    found = counts()
    lost, twice = promised - found.keys(), [recipient for recipient in promised if found.get(recipient, 0) > 1]
    return ([f"{len(lost)} of {len(promised)} acknowledged are lost: {sorted(lost)[:3]}"] if lost else []) + ([f"delivered more than once: {twice[:3]}"] if twice else [])


def maildrop_flood(mta, users=6, each=60, garbage=400):
    """A user's submissions as fast as his processes can, and files that are no mail from one who may write to maildrop."""
    seen, other = len(mta.log_lines()), Bystander(mta)
    # His programs find this configuration where a site has its own: they take no other from him.
    loop = f"for i in $(seq {each}); do echo Subject: flood | {mta.command('sendmail')} -i -f box@virt.test -- flood-$0-$i@discard.example && echo flood-$0-$i@discard.example; done"
    flood = [subprocess.Popen(["unshare", "-m", "sh", "-c", f'mount --bind {mta.etc} /etc/postfix && exec "$@"', "sh", *STRANGER, "bash", "-c", loop, str(user)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/") for user in range(users)]
    names = [f"{mta.spool}/maildrop/{number:08X}F" for number in range(garbage)]
    for number, name in enumerate(names):
        with open(name, "wb") as file:
            file.write(os.urandom(number * 37 % 9000))
            os.fchmod(file.fileno(), 0o744)
    promised = {line for process in flood for line in process.communicate(timeout=200)[0].decode().split()}
    wrong = [] if len(promised) > users * each // 2 else [f"only {len(promised)} of {users * each} submissions were taken"]
    wrong += delivered_once(mta, promised, seen, 90) + other.end(30)
    left = [name for name in names if os.path.exists(name) and os.stat(name).st_mode & 0o100]
    wrong += [f"{len(left)} garbage files are still looked at"] if left and mta.kind == "ours" and not mta.wait(lambda: not any(map(os.path.exists, left)), 70) else []
    subprocess.run(["rm", "-f", *names])
    subprocess.run(f"rm -f {mta.spool}/corrupt/*", shell=True)
    return wrong + mta.too_large("pickup", "cleanup", "qmgr", "smtpd") + mta.alive("pickup", "cleanup", "qmgr")


def queue_flood(mta, clients=4, each=12, limit=10):
    """The queue manager stands still while mail comes: it comes ever more slowly, stays on disk, and then a few are taken at a time."""
    wrong = []
    with other_configuration(mta, "main.cf"):
        # As many messages as processes may come before it is noticed that the queue manager takes none.
        mta.set(in_flow_delay="1s", default_process_limit="8", qmgr_message_active_limit=str(limit), discard_destination_concurrency_limit="1", minimal_backoff_time="1s")
        mta.start()
        promised, lock, seen = set(), threading.Lock(), len(mta.log_lines())

        def client(number):
            for i in range(each):
                recipient = f"queued-{number}-{i}@discard.example"
                if one(mta, HELLO[0], HELLO[1], f"RCPT TO:<{recipient}>", "DATA", "Subject: flood\r\n\r\nx\r\n.", source="127.0.0.1")[-1].startswith("250"):
                    with lock:
                        promised.add(recipient)

        other, pids, most, started = Bystander(mta), mta.pids("qmgr"), 0, time.monotonic()
        for pid in pids:
            os.kill(pid, 19)
        try:
            threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
            took = time.monotonic() - started
        finally:
            for pid in pids:
                os.kill(pid, 18)
        end = time.monotonic() + 60
        while any(complete for path, complete in mta.queue() if "/incoming/" in path or "/active/" in path) and time.monotonic() < end:
            most = max(most, sum("/active/" in path for path, _ in mta.queue()))
            time.sleep(0.02)
        if len(promised) != clients * each:
            wrong.append(f"only {len(promised)} of {clients * each} messages were taken")
        if took < each / 2:
            wrong.append(f"mail was not slowed down: {each} messages of a client in {took:.1f} s")
        if not 0 < most <= limit:
            wrong.append(f"{most} messages were active, want 1 to {limit}")
        wrong += other.end(30) + delivered_once(mta, promised, seen, 60)
        return wrong + mta.too_large("qmgr", "cleanup", "smtpd") + mta.alive("qmgr", "cleanup")


REASONS.update({
    "A9": "tried by tests/end-to-end/ServerTlsTests and by construction: the client drops its input buffer at STARTTLS",
    "A17": "tried by the sweeps of tests/crash at the replies of cleanup and smtp: duplicates are counted there",
    "B2": "tried by tests/Mta.Cleanup.Tests/FuzzTests: edits of milters on generated messages",
    "B9": "tried by tests/Mta.Tables.Tests/Clients/QueryTemplateTests and TcpTableTests: quoting of keys",
    "B12": "documented: MIME parameters are matched as written, as Postfix does",
    "C8": "tried by tests/Mta.Dns.Tests (RecordFuzzTests, RecordParserTests, DnsResolverTests) and by name servers that lie in tests/agreement (dns.cases, lies.cases)",
    "D17": "tried by tests/Mta.Mail.Tests/Queue: modes of queue files; FileStream is not used on mail's ways",
    "E7": "tried by tests/Mta.Sasl.Tests/PasswordBackendTests and tests/end-to-end/SaslTests",
    "F1": "tried by the error sweep of tests/crash at fsync, by its proof, and by tests/end-to-end/FaultTests",
    "F2": "tried by the error sweep of tests/crash at close",
    "F3": "tried by the error sweep of tests/crash at write and fsync, and by tests/end-to-end/FaultTests: a file system filled to the last block",
    "F4": "tried as F3: no room for a name (openat) and no room for data are one temporary error",
    "F5": "tried by the power cuts of tests/crash, on ext4 and XFS, with queue and mailboxes on one file system and on two",
    "F6": "tried by the kill sweep of tests/crash at every kind of system call of thirteen programs",
    "F7": "tried by tests/end-to-end/ClockTests",
    "F8": "tried by tests/Mta.Dns.Tests/DnsResolverTests and tests/agreement",
    "F9": "tried by the kill sweep of tests/crash: qmgr and master die at each kind of call, and under load",
    "F10": "tried by tests/Mta.Master.Tests/SupervisorTests",
    "F11": "tried by the kill sweep of tests/crash: each kill leaves locks and pid files behind",
    "F12": "tried by tests/Mta.Cleanup.Tests/QueueFileFuzzTests and D4",
    "F13": "tried by tests/end-to-end/FaultTests: the log service hangs, dies and comes again",
    "F14": "tried by tests/crash under load (the master dies and is started again), and by tests/Mta.Master.Tests/SupervisorTests (reload)",
    "F15": "tried by the error sweep of tests/crash at connect and sendto: what a word was lost about comes with the next look",
    "F16": "tried by the error sweep of tests/crash with ENOMEM; a process that pauses longer than ipc_timeout is one that hangs, whose peers give up and try again",
    "F17": "does not apply from outside: a task that fails unobserved ends the process (UnexpectedFailure), which the kill sweep covers",
    "F18": "does not apply: the master waits for its children, so that a number is not used again before it knows",
    "F19": "tried by tests/end-to-end/FaultTests with EROFS",
    "F20": "tried by the sweeps of tests/crash at bounce: its log is flushed before a recipient is marked",
    "E10": "tried by tests/Mta.Tls.Tests and tests/end-to-end/ServerTlsTests",
})
