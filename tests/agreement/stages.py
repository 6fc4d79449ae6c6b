#!/usr/bin/env python3
"""Makes docs/FAILURE-STAGES.md from the output of "run.py FILE.cases BUILD --show": only cases in which Debian's Postfix and
our client agree are shown there.

    stages.py FILE.cases=OUTPUT ... >docs/FAILURE-STAGES.md
"""
import re, sys

STAGES = ["tls", "greeting", "ehlo", "lhlo", "helo", "starttls", "auth", "xforward", "mail", "rcpt", "data", "early", "dot", "rset", "quit"]
WORDS = {"CLOSE": "closes", "RESET": "resets", "STALL": "says nothing (timeout)"}


def main():
    print("# Failure stages of the SMTP and LMTP clients\n")
    print("What a server does, and what comes of it: status, DSN and the text in the log, the same with Debian's Postfix 3.7.11.")
    print("Made by `tests/agreement/stages.py` from the cases in which both agree; H is the server's name and address.\n")
    print("| Case | Server | Result | DSN | Text |\n|---|---|---|---|---|")
    count = 0
    for word in sys.argv[1:]:
        path, output = word.split("=", 1)
        scripts, name = {}, None
        for line in open(path, encoding="latin-1"):
            if line.startswith("case "):
                name = line.split()[1]
                scripts[name] = []
            elif name and (match := re.match(r"  ((?:[a-h]\d?\.)?(\w+?)\d*): (.*)", line)) and match[2] in STAGES:
                reply = match[3].strip()
                if match[2] == "tls":
                    scripts[name].append(f"{match[1]}: certificate {reply}")
                    continue
                scripts[name].append(f"{match[1]}: {WORDS.get(reply, '`' + reply[:60] + '`')}")
        shown = None
        for line in open(output, encoding="latin-1"):
            if match := re.match(r"=== (\S+)( differs)?$", line):
                shown = None if match[2] else match[1]
            elif shown and scripts.get(shown) and (match := re.match(r"[sl]mtp: QID: to=.*?dsn=([\d.]+), status=(\w+) \((.*)\)$", line)) and match[2] != "sent":
                text = re.sub(r"127\.\d+\.\d+\.\d+\[127\.\d+\.\d+\.\d+\]", "H", match[3]).replace("|", "\\|")
                print(f"| {shown} | {'; '.join(scripts[shown]).replace('|', chr(92) + '|')} | {match[2]} | {match[1]} | {text[:160]} |")
                count += 1
                shown = None
    print(f"\n{count} cases.")


main()
