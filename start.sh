#!/usr/bin/env bash
# From nothing to a delivered message.
#
#   ./start.sh         installs what is missing, builds, starts a private instance below run/ on 127.0.0.1 port 2525,
#                      sends one message by SMTP and one by sendmail, and shows both in the mailbox
#   ./start.sh stop    stops it
#
# Runs as root or as an ordinary user; either way the instance is private and touches nothing outside run/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD
run=$root/run
port=${MTA_PORT:-2525}

say() { printf '\n== %s\n' "$*"; }
die() { printf 'start.sh: %s\n' "$*" >&2; exit 1; }

if [ "${1:-}" = stop ]; then
    [ -d "$run/etc" ] || die "nothing was started here"
    exec "$root/out/sbin/postfix" -c "$run/etc" stop
fi
[ $# -eq 0 ] || { echo "usage: ./start.sh [stop]" >&2; exit 64; }

say "What is needed"
command -v dotnet >/dev/null || die "no .NET SDK on PATH: install version 9 or later (https://dotnet.microsoft.com/download)"
version=$(dotnet --version)
[ "${version%%.*}" -ge 9 ] || die "the .NET SDK on PATH is $version: version 9 or later is needed"
missing=$("$root/tests/tools/missing-packages" build run)
if [ -n "$missing" ]; then
    echo "installing Debian packages: $missing"
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing
    else
        die "these Debian packages are missing; ask root for: apt-get install $missing"
    fi
fi
echo "everything is here"

say "Building (the first time takes some minutes)"
"$root/build.sh"

say "A private instance below $run"
if [ -f "$run/etc/main.cf" ] && "$root/out/sbin/postfix" -c "$run/etc" status 2>/dev/null; then
    "$root/out/sbin/postfix" -c "$run/etc" stop
fi
"$root/tests/tools/make-instance" "$run" "$port" "$root/out"
"$root/out/sbin/postfix" -c "$run/etc" start

user=$(id -un)
token_smtp=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
token_sendmail=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')

say "One message by SMTP to $user@example.test"
exec 3<>"/dev/tcp/127.0.0.1/$port"
line() { IFS= read -r -t 30 answer <&3 || die "no answer from the server"; printf 'S: %s\n' "${answer%$'\r'}"; }
reply() { line; while [ "${answer:3:1}" = - ]; do line; done; [ "${answer:0:1}" = "$1" ] || die "unexpected answer"; }
tell() { printf 'C: %s\n' "$1"; printf '%s\r\n' "$1" >&3; }
reply 2
tell "EHLO newcomer.example"; reply 2
tell "MAIL FROM:<newcomer@example.test>"; reply 2
tell "RCPT TO:<$user@example.test>"; reply 2
tell "DATA"; reply 3
tell "Subject: by SMTP"
tell ""
tell "token $token_smtp"
tell "."; reply 2
tell "QUIT"; reply 2
exec 3>&-

say "One message by sendmail"
printf 'Subject: by sendmail\nTo: %s@example.test\n\ntoken %s\n' "$user" "$token_sendmail" |
    "$root/out/sbin/sendmail" -C "$run/etc" -f newcomer@example.test "$user@example.test"
echo "sendmail: exit 0"

say "In the mailbox"
find_token() {
    for _ in $(seq 300); do
        found=$(grep -rl "token $1" "$run/mail/$user/new" 2>/dev/null | head -n 1) && [ -n "$found" ] && return 0
        sleep 0.1
    done
    return 1
}
for token in "$token_smtp" "$token_sendmail"; do
    find_token "$token" || { tail -n 20 "$run/mail.log" >&2; die "token $token did not arrive within 30 s; the log is $run/mail.log"; }
    echo "token $token is in ${found#"$root"/}"
done

cat <<END

Both messages arrived. The instance keeps running; try:
  out/sbin/mailq -C $run/etc                       the queue
  out/sbin/postqueue -c $run/etc -j                the same as JSON
  out/sbin/postconf -c $run/etc -n                 what main.cf sets
  tail -f $run/mail.log                            what is going on
  ./start.sh stop                                  stop it
  ./test.sh                                        run the tests
END
