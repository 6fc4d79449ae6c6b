#!/usr/bin/env python3
"""Building an index of many entries and reading it back: time and memory; Debian's postmap and ours, by turns.

    bench/tables.py [ENTRIES] [BUILD]

Needs Debian's postfix with postfix-lmdb. ENTRIES is 1,000,000 unless told; BUILD is what build.sh made (out/), which
should be the native one. Three rounds of "postmap lmdb:" on the same source, in the order of keys and in none, and of
"postmap -s". What both read back must be equal. The last line is the ratio of the medians.
"""
import hashlib, os, random, shutil, statistics, subprocess, sys, tempfile, time

count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
build = os.path.realpath(sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(__file__), '../out'))
root = tempfile.mkdtemp(prefix='mta-tables-')
sides = {'Postfix': '/usr/sbin/postmap', 'ours': f'{build}/sbin/postmap'}


def timed(command, output=subprocess.DEVNULL):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=output)
    digest = hashlib.md5(usedforsecurity=False)
    total = 0
    if output == subprocess.PIPE:
        # Order of keys is compared too: both sort by bytes.
        while piece := process.stdout.read(1 << 20):
            digest.update(piece)
            total += piece.count(b'\n')
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f'{" ".join(command)}: status {status}')
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, total, digest.hexdigest()


def compare(what, commands, output=subprocess.DEVNULL):
    times = {name: [] for name in sides}
    seen = {}
    for _ in range(3):
        for name in sides:
            seconds, cpu, memory, lines, digest = timed(commands(name), output)
            times[name].append(seconds)
            seen[name] = (lines, digest)
            print(f'{what:34} {name:8} {seconds:6.2f} s, processor {cpu:6.2f} s, memory {memory:5} MB', flush=True)
    if len(set(seen.values())) > 1:
        sys.exit(f'{what}: the two differ: {seen}')
    median = {name: statistics.median(values) for name, values in times.items()}
    print(f'{what:34} ratio    {median["ours"] / median["Postfix"]:6.2f} (ours / Postfix, median of three)', flush=True)


try:
    keys = [f'user{number:08}@domain{number % 997}.example' for number in range(count)]
    for order in 'sorted', 'unsorted':
        if order == 'unsorted':
            random.Random(1).shuffle(keys)
        for name in sides:
            os.makedirs(f'{root}/{order}/{name}/etc')
            with open(f'{root}/{order}/{name}/etc/main.cf', 'w') as file:
                file.write(f'compatibility_level = 3.6\nmaillog_file = {root}/log\nmaillog_file_prefixes = {root}\n')
            with open(f'{root}/{order}/{name}/table', 'w') as file:
                file.writelines(f'{key} mailbox of {key}\n' for key in keys)
        compare(f'build {count:,} entries, {order}', lambda name: [sides[name], '-c', f'{root}/{order}/{name}/etc', f'lmdb:{root}/{order}/{name}/table'])
    compare(f'read back {count:,} entries', lambda name: [sides[name], '-c', f'{root}/unsorted/{name}/etc', '-s', f'lmdb:{root}/unsorted/{name}/table'], subprocess.PIPE)
finally:
    shutil.rmtree(root)
