"""The table docs/FAILURE-STAGES.md: what a server does, and what comes of it. A run of run.py makes the section of its case
file from the cases in which Debian's Postfix and ours agree, and holds the document to it; with --write it writes it."""
import os, re

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/FAILURE-STAGES.md")
STAGES = ["tls", "greeting", "ehlo", "lhlo", "helo", "starttls", "auth", "xforward", "mail", "rcpt", "data", "early", "dot", "rset", "quit"]
WORDS = {"CLOSE": "closes", "RESET": "resets", "STALL": "says nothing (timeout)"}
HOST = r"(?:127\.\d+\.\d+\.\d+|mx\d?\.[\w.-]+)\[127\.\d+\.\d+\.\d+\](?::PORT)?"
HEAD = "| Case | Server | Result | DSN | Text | Other log lines |\n|---|---|---|---|---|---|\n"


def cell(text):
    # Certificates are made anew for each run.
    text = re.sub(r"\b(?:[0-9A-F]{2}:){7,}[0-9A-F]{2}\b|\b[0-9A-F]{24,}\b", "DIGEST", text)
    return re.sub(HOST, "H", text).replace("|", "\\|")


def scripts(path):
    """What the server does in each case of the file, in words."""
    found, name, levels, service = {}, None, {}, ""
    for line in open(path, encoding="latin-1"):
        if match := re.match(r"@service (\S+) .*?tls_security_level=([\w-]+)", line):
            levels[match[1]] = match[2]
        elif line.startswith("case "):
            name, *rest = line.split()[1:]
            service = rest[0] if rest else service
            found[name] = [f"(level {levels[service]})"] if service in levels else []
        elif name and (match := re.match(r"  ((?:[a-h]\d?\.)?(\w+?)\d*): (.*)", line)) and match[2] in STAGES:
            reply = match[3].strip()
            found[name].append(f"TLS: {reply}" if match[2] == "tls" else f"{match[1]}: {WORDS.get(reply, '`' + reply[:60] + '`')}")
    return found


def section(path, results):
    """The section of one case file. results: name and log lines of each case that ended alike."""
    known, rows = scripts(path), []
    for name, lines in results:
        result, others = None, []
        for line in lines:
            if match := re.match(r"[sl]mtp: QID: to=.*?dsn=([\d.]+), status=(\w+) \((.*)\)$", line):
                result = result or match
            elif match := re.match(r"[sl]mtp: (?:QID: )?(.*)", line):
                others.append(match[1])
        script = known.get(name) or []
        says = [part for part in script if not part.startswith("(level")]
        if result and says and (result[2] != "sent" or any("starttls" in part or "how=" in part for part in says)):
            extra = "; ".join(dict.fromkeys(cell(o) for o in others if "connection established" not in o))
            rows.append(f"| {name} | {'; '.join(script).replace('|', chr(92) + '|')} | {result[2]} | {result[1]} | {cell(result[3])[:160]} | {extra[:200]} |\n")
    return HEAD + "".join(rows) if rows else ""


def sections(text):
    """Name and text of each section of the document; the first has no name."""
    parts = re.split(r"^## (\w+)\n\n", text, flags=re.M)
    return dict(zip([""] + parts[1::2], parts[0::2]))


def hold(path, results, writes):
    """What differs between the document and this run, as lines; nothing when it is right."""
    name = os.path.basename(path).split(".")[0]
    with open(DOCUMENT, encoding="utf-8") as file:
        have = sections(file.read())
    if name not in have and not writes:
        return []
    want = section(path, results)
    if have.get(name, "").strip() == want.strip():
        return []
    if writes:
        have[name] = want
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write("\n\n".join([have.pop("").strip()] + [f"## {key}\n\n{value.strip()}" for key, value in sorted(have.items()) if value]) + "\n")
        return []
    old, new = have.get(name, "").split("\n"), want.split("\n")
    return [f"-{line}" for line in old if line not in new] + [f"+{line}" for line in new if line not in old]
