"""One case: a fault, a handful of messages, recovery, and the invariants."""
import os
import signal
import subprocess
import threading
import time

from faults import ERRORS, KILL_CALLS, Tracer, wait_until
from instance import USER
from peers import Client, Refused

VICTIMS = ("smtpd", "cleanup", "qmgr", "trivial-rewrite", "bounce", "local", "virtual", "smtp", "pickup", "flush", "anvil",
           "master", "postdrop")
RECOVERY = 90.0             # seconds: several times what a recovery takes on an idle machine, see the report's slowest


class Report:
    def __init__(self):
        self.cases = self.hits = self.duplicates = self.refused_delivered = self.partial_mailbox = 0
        self.acknowledged = self.lost = self.returned = 0
        self.violations = []
        self.sent, self.taken = set(), set()
        self.slowest = (0.0, "")        # seconds until everything had arrived, and after what

    def add(self, other):
        """Takes in what another part of the same sweep found."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            setattr(self, name, mine | value if isinstance(value, set) else max(mine, value) if isinstance(value, tuple) else mine + value)

    def end(self):
        """A way of mail that is closed all the time would be swept without a trace."""
        if self.cases >= 5:
            self.violations += [f"no message of this kind was ever taken: {name}" for name in sorted(self.sent - self.taken)]

    def line(self):
        return (f"{self.cases} cases, {self.hits} faults met, {self.acknowledged} messages acknowledged, {self.lost} lost, {self.returned} returned to the sender, "
                f"{self.duplicates} duplicates, {self.refused_delivered} delivered though refused, "
                f"{self.partial_mailbox} cut messages left in mailbox files, {len(self.violations)} violations, slowest recovery {self.slowest[0]:.1f} s ({self.slowest[1]})")


class Sweep:
    def __init__(self, instance, ledger, verbose=False):
        self.instance, self.ledger, self.report, self.verbose = instance, ledger, Report(), verbose
        self._outside = instance.outside()
        self.whole_every = 4            # each n-th kill is followed by the death of everything

    # -- the load

    def messages(self):
        new = self.ledger.message
        return [
            new("mailbox file", [f"{USER}@example.test"]),
            new("maildir", ["box@virt.test"]),
            new("virtual mailbox file", ["mbox@virt.test"]),
            new("relay", ["r1@far.example", "r2@far.example", "r3@far.example"]),
            new("mixed", [f"{USER}@example.test", "box@virt.test", "r1@far.example"]),
            new("bounce", ["reject@far.example"], bounces=["reject@far.example"]),
            new("deferred", ["later@far.example"]),
            new("submission", ["box@virt.test", "r1@far.example"]),
        ]

    def send(self, messages, prefix=(), nobody_is_there=lambda: False):
        client = None
        for message in messages:
            if nobody_is_there():
                continue        # each would wait in vain for a greeting
            if message.name == "submission":
                status = self.instance.sendmail(message, prefix)
                if status is None:
                    self.report.violations.append(f"I11: {message.id}: sendmail does not end: {' '.join(prefix)}")
                    state = "unknown"
                elif prefix:
                    # A traced command may have been killed after its work was done.
                    state = "acknowledged" if status == 0 else "unknown"
                else:
                    state = "acknowledged" if status == 0 else "unknown" if status < 0 else "refused"
                self.ledger.answered(message, state, f"exit status {status}")
                continue
            for attempt in (1, 2):
                try:
                    if client is None:
                        client = Client(self.instance.port)
                        client.reply()
                        client.command("EHLO client.example", "250")
                    self.ledger.answered(message, "acknowledged", client.deliver(message))
                    break
                except Refused as refusal:
                    self.ledger.answered(message, "refused", str(refusal))
                    try:
                        client.command("RSET")
                    except OSError:
                        client = None
                    break
                except (OSError, ConnectionError) as error:
                    self.ledger.answered(message, "unknown", repr(error))
                    if client:
                        client.close()
                    client = None
                    break
        if client:
            client.close()

    def is_done(self, messages):
        self.instance_collect_safe()
        return not self.ledger.pending(messages) and not any(complete for _, complete in self.instance.queue())

    def instance_collect_safe(self):
        # Mailboxes are taken over when nothing is under way.
        if not any(complete for _, complete in self.instance.queue()):
            self.instance.collect()

    def drain(self, messages, limit=RECOVERY, or_else=lambda: False):
        """Everything that was promised has arrived and the queue is empty; or something else has come true."""
        end, next_flush = time.monotonic() + limit, time.monotonic() + 0.3
        while not (or_else() or self.is_done(messages)):
            if time.monotonic() > end:
                return False
            if time.monotonic() > next_flush:
                self.instance.flush()
                next_flush = time.monotonic() + 0.8
            time.sleep(0.04)
        return True

    # -- the cases

    def learn(self, victim, calls):
        """How often each call is made along the way of the messages."""
        messages = self.messages()
        if victim == "postdrop":
            path = os.path.join(self.instance.dir, "learn.txt")
            self.send(messages[-1:], ("strace", "-f", "-o", path, "-e", "trace=" + ",".join(calls)))
            tracer = Tracer.__new__(Tracer)
            tracer.text = lambda: open(path, errors="replace").read()
            counts = tracer.counts()
            messages = messages[-1:]
        else:
            pids = self.instance.pids(victim)
            if not pids:
                return {}
            tracer = Tracer(pids, calls, follow=victim != "master")
            self.send(messages)
            self.drain(messages)
            counts = tracer.counts()
            tracer.detach()
        self.drain(messages)
        self.settle("learn " + victim, messages, faulty=False)
        return counts

    def points(self, victim, calls, depth):
        for call, most in sorted(self.learn(victim, calls).items()):
            numbers = range(1, most + 1) if most <= depth else sorted({1 + round(i * (most - 1) / max(depth - 1, 1)) for i in range(depth)})
            for number in numbers:
                yield call, number

    def warm(self, victim):
        for _ in range(3):
            if self.instance.pids(victim):
                return
            messages = self.messages()
            self.send(messages)
            self.drain(messages)

    def case(self, victim, call, number, fault):
        """fault: 'KILL' or the name of an error. Returns whether it was met."""
        instance, report = self.instance, self.report
        what = "signal=KILL" if fault == "KILL" else f"error={fault}"
        inject = f"{call}:{what}:when={number}"
        label = f"{instance.kind} {victim} {call}#{number} {fault}"
        report.cases += 1
        started, deaths = time.monotonic(), 1
        messages = self.messages()
        if victim == "postdrop":
            messages = messages[-1:]
            path = os.path.join(instance.dir, "point.txt")
            self.send(messages, ("strace", "-f", "-o", path, "-e", f"trace={call}", "-e", "inject=" + inject))
            with open(path, errors="replace") as file:
                text = file.read()
            met = "(INJECTED)" in text or "SIGKILL" in text
        else:
            self.warm(victim)
            pids = instance.pids(victim)
            if not pids:
                report.violations.append(f"I11: {label}: {victim} does not run")
                return False
            tracer = Tracer(pids, (call,), inject, follow=victim != "master")
            self.send(messages, nobody_is_there=lambda: victim == "master" and fault == "KILL" and tracer.hit())
            # Until the fault is met, or nothing is left to meet it; others who meet it as well have half a second more.
            self.drain(messages, 3, or_else=lambda: tracer.ended() or tracer.hit())
            if tracer.hit():
                wait_until(lambda: tracer.ended() or self.is_done(messages), 0.5)
            met = tracer.hit()
            # Workers that take over from each other die one after the other: each at a call that has no result.
            # Threads that deliver the same message meet an error each.
            deaths = max(1, tracer.text().count("= ?" if fault == "KILL" else "(INJECTED)"))
            tracer.detach()
        whole = fault == "KILL" and met and victim != "postdrop" and (victim == "master" or report.cases % self.whole_every == 0)
        if whole:
            deaths += 1
            instance.kill_all()
            instance.start()
        elif met and call in ("close", "accept", "accept4") and victim not in ("postdrop", "master"):
            # A close that strace answered was not made: the descriptor would stay with the process.
            for pid in instance.pids(victim):
                try:
                    os.kill(pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass
        report.hits += met
        waited = time.monotonic()
        drained = self.drain(messages)
        report.slowest = max(report.slowest, (time.monotonic() - waited, label))
        self.settle(label, messages, faulty=met, drained=drained, crashed=fault == "KILL", allowed=deaths)
        if self.verbose:
            print(f"{label}: {'met' if met else 'not met'}, {time.monotonic() - started:.1f} s", flush=True)
        return met

    def settle(self, label, messages, faulty, drained=True, crashed=True, allowed=1):
        """Judges the ledger; what is wrong is kept in the report."""
        report, ledger, instance = self.report, self.ledger, self.instance
        wrong = []
        taken = [m.name for m in messages if m.state == "acknowledged"]
        report.acknowledged += len(taken)
        report.taken.update(taken)
        report.sent.update(m.name for m in messages)
        report.returned += ledger.returned(messages)
        pending = ledger.pending(messages)
        if pending:
            queued = [path for path, complete in instance.queue() if complete]
            if queued:
                wrong.append(f"I11: not delivered in time, {len(queued)} files in the queue: {pending[:3]}")
            else:
                report.lost += len(pending)
                aside = any("/corrupt/" in path for path, _ in instance.queue())
                wrong.append(f"I1: {'PUT ASIDE in corrupt' if aside else 'LOST'} after 250: {pending[:5]}")
        elif not drained:
            wrong.append(f"I11: the queue does not drain: {[path for path, complete in instance.queue() if complete][:3]}")
        for damage in ledger.damage:
            if crashed and faulty and ("vbox" in damage or USER in damage):
                report.partial_mailbox += 1
            else:
                wrong.append(damage)
        ledger.damage.clear()
        for message in messages:
            for recipient in message.recipients:
                times = ledger.arrivals[message.id, recipient]
                if times > 1:
                    report.duplicates += times - 1
                    if times - 1 > (allowed if faulty else 0):
                        wrong.append(f"I4: {message.id} ({message.name}) arrived {times} times for {recipient}")
                if message.state == "refused" and times:
                    report.refused_delivered += 1
                    if message.reply.startswith("5") or not faulty:
                        wrong.append(f"I5: {message.id} was refused ({message.reply}) and delivered to {recipient}")
                    elif self.verbose:
                        print(f"note: {label}: {message.name} refused ({message.reply}) and delivered to {recipient}", flush=True)
        for line in instance.new_log_lines():
            if any(ord(c) < 32 or ord(c) == 127 for c in line) or not line[:3].isalpha():
                wrong.append(f"I9: {line[:100]!r}")
        wrong += instance.identities()
        outside = instance.outside()
        if outside != self._outside:
            wrong.append(f"I7: changed: {[path for path in outside if outside[path] != self._outside.get(path)]}")
        for text in wrong:
            report.violations.append(f"{label}: {text}")
            print(f"VIOLATION {label}: {text}", flush=True)
        if wrong:
            self.keep_evidence(label)
            if pending or not drained:
                # A clean field for the next case.
                instance.kill_all()
                subprocess.run(f"find {instance.spool}/{{incoming,active,deferred,maildrop,corrupt,bounce,defer}} -type f -delete",
                               shell=True, executable="/bin/bash", capture_output=True)
                instance.start()
                instance.collect()
                ledger.damage.clear()

    def keep_evidence(self, label):
        name = label.replace("/", "_").replace(" ", "-")
        with open(os.path.join(self.instance.dir, f"violation-{name}.log"), "w") as file:
            file.write("\n".join(self.instance.log().split("\n")[-80:]))

    def load_case(self, victims, clients=4):
        """Clients that never rest while the victims die in turn, each when the system is at work again."""
        instance, report, sent, over = self.instance, self.report, [], threading.Event()
        lock = threading.Lock()

        def client():
            while not over.is_set():
                messages = self.messages()
                with lock:
                    sent.extend(messages)
                self.send(messages)

        def acknowledged():
            with lock:
                return sum(message.state == "acknowledged" for message in sent)

        threads = [threading.Thread(target=client, daemon=True) for _ in range(clients)]
        for thread in threads:
            thread.start()
        stalled = []
        for victim in (None, *victims):
            if victim:
                # Agents come and go with their work.
                wait_until(lambda: instance.pids(victim), 20)
                pids = instance.pids(victim)
                report.cases += 1
                report.hits += bool(pids)
                for pid in pids:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                if victim == "master":
                    instance.kill_all()
                    instance.start()
            before = acknowledged()
            if not wait_until(lambda: acknowledged() >= before + 2 * clients, 30):
                stalled.append(f"I11: after the death of {victim} nothing is taken any more")
        over.set()
        for thread in threads:
            thread.join(60)
        report.violations += stalled
        drained = self.drain(sent, 60)
        # A message may be under way at several deaths; each gives one copy at most.
        self.settle(f"{instance.kind} under load", sent, faulty=True, drained=drained, allowed=len(victims))

    def kill_sweep(self, victims, depth, calls=KILL_CALLS):
        for victim in victims:
            self.warm(victim)
            for call, number in list(self.points(victim, calls, depth)):
                self.case(victim, call, number, "KILL")
            print(f"kill  {self.instance.kind} {victim}: so far {self.report.line()}", flush=True)

    def error_sweep(self, victims, depth):
        for victim in victims:
            self.warm(victim)
            for call, number in list(self.points(victim, tuple(ERRORS), depth)):
                for error in ERRORS[call]:
                    self.case(victim, call, number, error)
            print(f"error {self.instance.kind} {victim}: so far {self.report.line()}", flush=True)
