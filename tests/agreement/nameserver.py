"""The name server of the cases: what the @dns lines say, over UDP and TCP, and replies that are wrong in every way."""
import socket, struct, threading

CODES = {"FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5}
QUESTION = b"\xc0\x0c"  # The name that was asked for, by reference.
ADDRESS = b"\0\1\0\1\0\0\0\x3c\0\4\x7f\x01\0\1"  # 127.1.0.1


def name_of(text):
    return b"".join(bytes([len(l)]) + l.encode("latin-1") for l in text.strip(".").split(".") if l) + b"\0"


def record(owner, kind, data):
    return owner + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


HEADS = ("SILENT", "HEADER", "WRONGID", "WRONGQUESTION", "TRUNCATED")  # Wrong before any record comes.

# Replies that are wrong. From the question's type: the flags, how many answers are promised, and the bytes that come.
LIES = {
    "GARBAGE": lambda kind: (0x8180, 3, QUESTION + b"\0\x0f\0\1\0\0\0\5\xff\xff"),
    "POINTERBEYOND": lambda kind: (0x8180, 1, record(b"\xff\xff", kind, b"\0\x0a\x01a\0")),
    "POINTERHALF": lambda kind: (0x8180, 1, record(QUESTION, 15, b"\0\x0a\1x\xc0")),
    "MISCOUNT": lambda kind: (0x8180, 9, QUESTION + ADDRESS),
    "CUT": lambda kind: (0x8180, 1, QUESTION + ADDRESS[:9]),
    "SHORTDATA": lambda kind: (0x8180, 1, record(QUESTION, kind, b"\x7f")),
    "LONGLABEL": lambda kind: (0x8180, 1, record(QUESTION, kind, b"\0\x0a\x7f" + b"a" * 127 + b"\0")),
    "OTHERNAME": lambda kind: (0x8180, 1, record(name_of("other.test"), 1, b"\x7f\1\0\1")),
    "OTHERTYPE": lambda kind: (0x8180, 1, record(QUESTION, 16, b"\3abc")),
    "OTHERCLASS": lambda kind: (0x8180, 1, QUESTION + struct.pack(">HHIH", kind, 3, 60, 4) + b"\x7f\1\0\1"),
    "NOTHING": lambda kind: (0x8180, 0, b""),
    "QUERY": lambda kind: (0x0100, 0, b""),
}


class Dns(threading.Thread):
    """Answers from the @dns lines: NAME TYPE VALUE, or NAME and a word: a response code, a way to lie, or SILENT."""
    TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "TLSA": 52}

    def __init__(self, lines):
        super().__init__(daemon=True)
        self.records, self.codes = {}, {}
        for line in lines:
            name, kind, *value = line.split()
            if not value:
                assert kind in CODES or kind in LIES or kind in HEADS, line
                self.codes[name] = kind
            else:
                self.records.setdefault(name, {}).setdefault(kind, []).append(value)
        for last in range(9, 250):
            try:
                self.address = f"127.9.9.{last}"
                self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                self.socket.bind((self.address, 53))
                self.stream = socket.create_server((self.address, 53))
                break
            except OSError:
                continue
        else:
            raise SystemExit(77)
        self.start()
        threading.Thread(target=self.run_streams, daemon=True).start()

    def data(self, kind, value):
        if kind == "A":
            return socket.inet_aton(value[0])
        if kind == "AAAA":
            return socket.inet_pton(socket.AF_INET6, value[0])
        if kind == "MX":
            return struct.pack(">H", int(value[0])) + name_of(value[1])
        if kind in ("CNAME", "PTR", "NS"):
            return name_of(value[0])
        if kind == "SRV":
            return struct.pack(">HHH", *map(int, value[:3])) + name_of(value[3])
        return b"".join(bytes([len(v)]) + v.encode("latin-1") for v in value)

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            try:
                answer = self.reply(query)
            except (IndexError, ValueError, struct.error):
                continue
            if answer:
                self.socket.sendto(answer, peer)

    def run_streams(self):
        """By TCP, one query per connection; without an answer it is closed."""
        while True:
            connection, _ = self.stream.accept()
            with connection:
                connection.settimeout(5)
                try:
                    length = struct.unpack(">H", connection.recv(2, socket.MSG_WAITALL))[0]
                    answer = self.reply(connection.recv(length, socket.MSG_WAITALL), by_stream=True)
                    if answer:
                        connection.sendall(struct.pack(">H", len(answer)) + answer)
                except (OSError, IndexError, ValueError, struct.error):
                    pass

    def reply(self, query, by_stream=False):
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
            at += query[at] + 1
        kind = struct.unpack(">H", query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        name = ".".join(labels)
        code = self.codes.get(name)
        no_such, cut = b"\x81\x83\0\1\0\0\0\0\0\0", b"\x83\x80\0\1\0\0\0\0\0\0"
        if code in HEADS:
            return {"SILENT": None, "HEADER": query[:7], "WRONGID": bytes([query[0] ^ 255]) + query[1:2] + no_such + question,
                    "WRONGQUESTION": query[:2] + no_such + name_of("other.test") + question[-4:],
                    "TRUNCATED": None if by_stream else query[:2] + cut + question}[code]
        if code in LIES:
            flags, count, data = LIES[code](kind)
            return query[:2] + struct.pack(">HHHHH", flags, 1, count, 0, 0) + question + data
        answers, wanted = [], name
        for _ in range(12):
            known = self.records.get(wanted, {})
            for text, values in known.items():
                if self.TYPES[text] == kind or (text == "CNAME" and kind != 5):
                    answers += [record(name_of(wanted), self.TYPES[text], self.data(text, value)) for value in values]
            if "CNAME" in known and kind != 5:
                wanted = known["CNAME"][0][0].strip(".")
            else:
                break
        rcode = CODES.get(code, 0 if any(n == wanted or n.endswith("." + wanted) for n in self.records) else 3)
        if answers and name.startswith("large.") and not by_stream:
            return query[:2] + cut + question
        soa = b""
        if not answers and rcode in (0, 3):
            zone = name_of(labels[-1])
            data = name_of("ns." + labels[-1]) + name_of("root." + labels[-1]) + struct.pack(">IIIII", 1, 60, 60, 60, 60)
            soa = record(zone, 6, data)
        return query[:2] + struct.pack(">HHHHH", 0x8180 | rcode, 1, len(answers), 1 if soa else 0, 0) + question + b"".join(answers) + soa
