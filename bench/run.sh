#!/usr/bin/env bash
# The comparison with Debian's Postfix: same machine, same main.cf, same durability, alternating runs.
#
#   bench/run.sh [--quick] [--rounds N] [--only NAME[,NAME]]
#
# Needs root and the packages postfix, postfix-lmdb, python3 and strace. Uses the binaries of ./build.sh in out/, or in the directory that MTA_BUILD names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "$(id -u)" -eq 0 ] || { echo "bench/run.sh: must run as root, since both systems deliver under several accounts" >&2; exit 77; }
build=${MTA_BUILD:-out}
[ -x "$build/libexec/master" ] || { echo "bench/run.sh: no binaries in $build: run ./build.sh first" >&2; exit 69; }
[ -x /usr/sbin/smtp-source ] || { echo "bench/run.sh: no smtp-source: apt-get install postfix postfix-lmdb python3 strace" >&2; exit 69; }
exec python3 bench/bench.py "$@"
