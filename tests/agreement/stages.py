#!/usr/bin/env python3
"""Makes docs/FAILURE-STAGES.md from the output of "run.py FILE.cases BUILD --show": only cases in which Debian's Postfix and
our client agree are shown there.

    stages.py FILE.cases=OUTPUT ... >docs/FAILURE-STAGES.md
"""
import re, sys

STAGES = ["tls", "greeting", "ehlo", "lhlo", "helo", "starttls", "auth", "xforward", "mail", "rcpt", "data", "early", "dot", "rset", "quit"]
WORDS = {"CLOSE": "closes", "RESET": "resets", "STALL": "says nothing (timeout)"}
HOST = r"(?:127\.\d+\.\d+\.\d+|mx\d?\.[\w.-]+)\[127\.\d+\.\d+\.\d+\](?::PORT)?"


def cell(text):
    return re.sub(HOST, "H", text).replace("|", "\\|")


def main():
    print("# Failure stages of the SMTP and LMTP clients\n")
    print("What a server does, and what comes of it: status, DSN, the text in the log, and what else is logged, the same with Debian's")
    print("Postfix 3.7.11. Made by `tests/agreement/stages.py` from the cases in which both agree; H is the server's name and address.\n")
    print("| Case | Server | Result | DSN | Text | Other log lines |\n|---|---|---|---|---|---|")
    count = 0
    for word in sys.argv[1:]:
        path, output = word.split("=", 1)
        scripts, name, levels, service = {}, None, {}, ""
        for line in open(path, encoding="latin-1"):
            if match := re.match(r"@service (\S+) .*?tls_security_level=([\w-]+)", line):
                levels[match[1]] = match[2]
            elif line.startswith("case "):
                name, *rest = line.split()[1:]
                service = rest[0] if rest else service
                scripts[name] = [f"(level {levels[service]})"] if service in levels else []
            elif name and (match := re.match(r"  ((?:[a-h]\d?\.)?(\w+?)\d*): (.*)", line)) and match[2] in STAGES:
                reply = match[3].strip()
                scripts[name].append(f"TLS: {reply}" if match[2] == "tls" else f"{match[1]}: {WORDS.get(reply, '`' + reply[:60] + '`')}")
        shown, result, others = None, None, []

        def flush():
            nonlocal count
            script = scripts.get(shown) or []
            says = [part for part in script if not part.startswith("(level")]
            if result and says and (result[2] != "sent" or any("starttls" in part or "how=" in part for part in says)):
                extra = "; ".join(dict.fromkeys(cell(o) for o in others if "connection established" not in o))
                print(f"| {shown} | {'; '.join(script).replace('|', chr(92) + '|')} | {result[2]} | {result[1]} | {cell(result[3])[:160]} | {extra[:200]} |")
                count += 1

        for line in open(output, encoding="latin-1"):
            line = line.rstrip("\n")
            if match := re.match(r"=== (\S+)( differs)?$", line):
                flush()
                shown, result, others = None if match[2] else match[1], None, []
            elif match := re.match(r"[sl]mtp: QID: to=.*?dsn=([\d.]+), status=(\w+) \((.*)\)$", line):
                result = result or match
            elif shown and (match := re.match(r"[sl]mtp: (?:QID: )?(.*)", line)):
                others.append(match[1])
        flush()
    print(f"\n{count} cases.")


main()
