"""What was promised and what arrived, kept outside the file systems that are crashed."""
import hashlib
import json
import os
import threading
import time
from collections import Counter


class Message:
    """One message that a client tried to hand over."""

    def __init__(self, number, name, recipients, bounces=()):
        self.id = f"L{number:06d}"
        self.name = name
        self.recipients = list(recipients)
        self.bounces = set(bounces)
        # Notices leave by the network: they do not meet the fault that they tell of.
        self.sender = f"{self.id.lower()}@home.example"
        # Everything that tempts a mail system: dots, "From ", a line of nothing, bytes above 127, a long line.
        self.body = b"".join(line + b"\n" for line in (
            b"begin " + self.id.encode(), b".", b"..", b"From the start", b">From here", b"", bytes(range(128, 256)),
            b"x" * 900, *(b"line %d of %s" % (i, self.id.encode()) for i in range(60)), b".", b"end " + self.id.encode()))
        self.text = (b"From: <%s>\nTo: undisclosed-recipients:;\nSubject: %s\nX-Ledger: %s\nMIME-Version: 1.0\n"
                     b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n"
                     % (self.sender.encode(), name.encode(), self.id.encode())) + self.body
        self.state = "unknown"      # acknowledged, refused, unknown
        self.reply = ""


class Ledger:
    """Every acknowledgement, flushed before the client goes on, and every arrival."""

    def __init__(self, path):
        self._file = open(path, "ab", buffering=0)
        self._lock = threading.Lock()
        self._next = 0
        self.messages = {}
        self.arrivals = Counter()   # (id, recipient) -> times
        self.bounces = Counter()    # (id, recipient) -> times
        self.damage = []            # what arrived and was not whole

    def message(self, name, recipients, bounces=()):
        with self._lock:
            self._next += 1
            message = Message(self._next, name, recipients, bounces)
            self.messages[message.id] = message
            return message

    def answered(self, message, state, reply):
        message.state, message.reply = state, reply
        self._write(kind=state, id=message.id, reply=reply, recipients=message.recipients,
                    sha256=hashlib.sha256(message.body).hexdigest())

    def arrived(self, where, recipients, text):
        """Text has LF line ends. Returns nothing: what is wrong with it is kept in damage."""
        header, _, body = text.partition(b"\n\n")
        mark = b"\nX-Ledger: "
        with self._lock:
            if mark in b"\n" + header:
                identity = (b"\n" + header).split(mark, 1)[1].split(b"\n", 1)[0].decode("latin-1")
                message = self.messages.get(identity)
                if message is None:
                    self.damage.append(f"I5: {where}: unknown id {identity!r}")
                    return
                if body != message.body:
                    self.damage.append(f"I2/I3: {where}: {identity} arrived altered or cut ({len(body)} of {len(message.body)} bytes)")
                for recipient in recipients:
                    self.arrivals[identity, recipient] += 1
                    if recipient not in message.recipients:
                        self.damage.append(f"I1: {where}: {identity} arrived for {recipient}, who is no recipient")
            elif mark in text:
                identity = text.split(mark, 1)[1].split(b"\n", 1)[0].decode("latin-1")
                message = self.messages.get(identity)
                for recipient in message.recipients if message else ():
                    if recipient.encode() in text:
                        self.bounces[identity, recipient] += 1
            elif b"MAILER-DAEMON" not in header:
                self.damage.append(f"I3: {where}: {len(text)} bytes that are no message: {text[:60]!r}")
        self._write(kind="arrival", where=where, recipients=list(recipients), sha256=hashlib.sha256(body).hexdigest())

    def pending(self, messages):
        """Acknowledged recipients of these messages that have neither mail nor a notice."""
        with self._lock:
            return [(m.id, r) for m in messages if m.state == "acknowledged" for r in m.recipients
                    if not self.bounces[m.id, r] and (r in m.bounces or not self.arrivals[m.id, r])]

    def returned(self, messages):
        """Recipients who did not get a message that its sender got back instead."""
        return sum(1 for m in messages for r in m.recipients if r not in m.bounces and self.bounces[m.id, r] and not self.arrivals[m.id, r])

    def _write(self, **entry):
        line = json.dumps({"time": time.time(), **entry}).encode() + b"\n"
        with self._lock:
            os.write(self._file.fileno(), line)
            os.fsync(self._file.fileno())
