"""The two ends of the line: a client that believes only whole replies, and a server that records whole messages."""
import socket
import threading


class Refused(Exception):
    """The server said 4xx or 5xx."""


class Client:
    def __init__(self, port, limit=6.0):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=limit)
        self._file = self._socket.makefile("rb")

    def reply(self):
        lines = []
        while True:
            line = self._file.readline(4096)
            if not line.endswith(b"\n"):
                raise ConnectionError("connection lost")
            lines.append(line.decode("latin-1").rstrip("\r\n"))
            if line[3:4] != b"-":
                return lines

    def send(self, data):
        self._socket.sendall(data)

    def command(self, text, want=None):
        self.send(text.encode("latin-1") + b"\r\n")
        reply = self.reply()[-1]
        if want and not reply.startswith(want):
            raise Refused(reply)
        return reply

    def deliver(self, message):
        """The final reply; Refused for a negative one at any stage."""
        self.command(f"MAIL FROM:<{message.sender}> BODY=8BITMIME", "250")
        for recipient in message.recipients:
            self.command(f"RCPT TO:<{recipient}>", "250")
        self.command("DATA", "354")
        lines = message.text.split(b"\n")[:-1]
        self.send(b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n")
        reply = self.reply()[-1]
        if not reply.startswith("250"):
            raise Refused(reply)
        return reply

    def close(self):
        self._file.close()
        self._socket.close()


class Sink:
    """
    Takes mail for everybody but reject@ (550) and, the first time a message is offered, later@ (450). A message counts
    when its last dot has come; it is recorded before the reply goes out.
    """

    def __init__(self, ledger):
        self._ledger = ledger
        self._seen = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            peer, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        peer.settimeout(300)
        file = peer.makefile("rb")
        recipients, sender = [], ""
        try:
            peer.sendall(b"220 sink.example ESMTP\r\n")
            while line := file.readline(100_000):
                text = line.decode("latin-1").strip()
                verb = text[:4].upper()
                answer = b"250 2.0.0 Ok"
                if verb == "EHLO":
                    answer = b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN"
                elif verb == "MAIL":
                    recipients, sender = [], text
                elif verb == "RCPT":
                    recipient = text.split("<", 1)[1].split(">", 1)[0]
                    key = (sender, recipient)
                    if recipient.startswith("reject"):
                        answer = b"550 5.1.1 no such user"
                    elif recipient.startswith("later") and key not in self._seen:
                        self._seen.add(key)
                        answer = b"450 4.2.1 come back later"
                    else:
                        recipients.append(recipient)
                elif verb == "DATA":
                    if not recipients:
                        peer.sendall(b"554 5.5.1 no valid recipients\r\n")
                        continue
                    peer.sendall(b"354 go\r\n")
                    lines = []
                    while (line := file.readline(100_000)) != b".\r\n":
                        if not line.endswith(b"\r\n"):
                            return      # cut short: not a message
                        lines.append(line[1:-2] if line.startswith(b".") else line[:-2])
                    self._ledger.arrived("sink", recipients, b"".join(line + b"\n" for line in lines))
                elif verb == "QUIT":
                    peer.sendall(b"221 2.0.0 Bye\r\n")
                    return
                peer.sendall(answer + b"\r\n")
        except OSError:
            pass
        finally:
            file.close()
            peer.close()
