#!/usr/bin/env python3
"""postqueue -p on a long queue: time to the first line, time in all, memory; Debian's and ours.

    bench/queue-listing.py [MESSAGES] [BUILD]

Needs root and Debian's postfix. Makes a deferred queue below a private directory and lists it with the mail system down,
so that each side's showq reads it. BUILD is what build.sh made (out/).
"""
import os, pwd, shutil, subprocess, sys, tempfile, time

count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
build = os.path.realpath(sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(__file__), '../out'))
root = tempfile.mkdtemp(prefix='mta-listing-')
os.chmod(root, 0o755)
owner = pwd.getpwnam('postfix').pw_uid


def record(kind, text):
    data = text.encode()
    assert len(data) < 128
    return kind.encode() + bytes([len(data)]) + data


def message(number):
    envelope = record('T', f'{1795305050 + number} 0') + record('S', f'sender{number}@example.test') + record('R', f'rcpt{number}@far.example')
    content = record('N', 'Subject: x') + record('N', '') + record('N', 'body')
    offset = 97 + len(envelope) + 2
    size = record('C', f'{len(content):15d} {offset:15d} {1:15d} {0:15d} {len(content):15d} {0:15d}')
    return size + envelope + record('M', '') + content + record('X', '') + record('E', '')


def run(name, commands, daemons):
    etc = f'{root}/etc-{name}'
    os.mkdir(etc)
    open(f'{etc}/main.cf', 'w').write(f'compatibility_level = 3.6\nqueue_directory = {root}/spool\ndata_directory = {root}/data\n'
        f'command_directory = {commands}\ndaemon_directory = {daemons}\nmyhostname = mta.example.test\nmaillog_file = {root}/log\nmaillog_file_prefixes = {root}\n')
    open(f'{etc}/master.cf', 'w').write('')
    for round in range(3):
        start = time.monotonic()
        process = subprocess.Popen([f'{commands}/postqueue', '-c', etc, '-p'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        first = process.stdout.readline()
        at_first = time.monotonic() - start
        lines = 1
        most = 0
        for _ in process.stdout:
            lines += 1
            if lines % 20000 == 0:
                for line in os.popen(f'ps -o rss= -p {process.pid} --ppid {process.pid}'):
                    most = max(most, int(line))
        process.wait()
        print(f'{name:8} round {round + 1}: first line {at_first:6.3f} s, all {lines} lines {time.monotonic() - start:6.2f} s, largest process {most // 1024} MB', flush=True)


try:
    for folder in 'active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace'.split():
        os.makedirs(f'{root}/spool/{folder}')
        os.chown(f'{root}/spool/{folder}', owner, -1)
    os.makedirs(f'{root}/data')
    for digit in '0123456789ABCDEF':
        os.mkdir(f'{root}/spool/deferred/{digit}')
        os.chown(f'{root}/spool/deferred/{digit}', owner, -1)
    for number in range(count):
        name = f'{number * 7919 % 0x100000:05X}{number:06X}'
        path = f'{root}/spool/deferred/{name[0]}/{name}'
        with open(path, 'wb') as file:
            file.write(message(number))
        os.chmod(path, 0o700)
        os.chown(path, owner, -1)
    run('Postfix', '/usr/sbin', '/usr/lib/postfix/sbin')
    run('Mta', f'{build}/sbin', f'{build}/libexec')
finally:
    shutil.rmtree(root)
