#!/usr/bin/env bash
# Installs the package in a root directory of its own, has it deliver mail, upgrades it with mail in the queue, removes it,
# installs it again and purges it. The host's own mail system is not touched: other root, other network, other processes.
#
#   test.sh [--build TREE] [--host-files | --root DIR]
#
# --build       what ./build.sh made; default out/
# --host-files  the root is made of this host's programs and libraries, in a second: what the test suite does
# --root        the clean Debian is kept here, and copied: the next time debootstrap, which takes some minutes, is not run
#
# Without --host-files debootstrap makes the root, from the mirror and release that apt of this host uses. Then Debian's
# Postfix is taken over, too, and at the end systemd is booted in the root and runs the mail system.
#
# Root only. The last line says that all is well, or the first thing that is not.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(dirname "$here")/out mode=debootstrap base=''
while [ $# -gt 0 ]; do
    case $1 in
        --build) build=$2; shift 2 ;;
        --host-files) mode=host; shift ;;
        --root) base=$(realpath -m "$2"); shift 2 ;;
        *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
    esac
done
[ "$(id -u)" -eq 0 ] || { echo "test.sh: only root can" >&2; exit 77; }
die() { echo "test.sh: $*" >&2; [ ! -e "$root/var/log/postfix.log" ] || tail -n 20 "$root/var/log/postfix.log" >&2; exit 1; }
say() { echo "== $SECONDS s: $*"; }

work=$(mktemp -d /tmp/mta-package-XXXXXX)
root=$work/root
started='' booted=''
finish() {
    if [ -n "$started" ]; then kill -KILL "$started" && wait "$started" || true; fi 2>/dev/null
    [ -z "$booted" ] || "$here/boot-root" --clean "$root" || echo "test.sh: a control group is left" >&2
    ! mountpoint -q "$root/proc" || umount "$root/proc"
    rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"

say "a root directory ($mode)"
if [ "$mode" = host ]; then
    "$here/host-root" "$build" "$root"
else
    if [ -z "$base" ] || [ ! -e "$base/etc/debian_version" ]; then
        # What Debian's Postfix depends on, too, and what starts the unit and turns the log.
        "$here/debootstrap-root" "${base:-$root}" libicu72 libnsl2 libsasl2-2 libdb5.3 ssl-cert cpio e2fsprogs systemd systemd-sysv dbus logrotate
    fi
    [ -z "$base" ] || { mkdir "$root" && cp -a "$base/." "$root"; }
fi
echo "127.0.0.1 localhost mail.site.test" >"$root/etc/hosts"
echo "mail.site.test" >"$root/etc/hostname"
: >"$root/etc/resolv.conf"
cp "$here/test-inside" "$root/tmp/"
mkdir -p "$root/home"

# A network and processes of its own for as long as the test lasts: daemons live on between two commands.
unshare --net --uts --pid --fork --mount --kill-child bash -c '
    ip link set lo up && hostname mail.site.test && mount -t proc proc "$1/proc" && echo ready >"$2" && exec sleep 600' - "$root" "$work/ready" >/dev/null 2>&1 &
started=$!
for _ in $(seq 300); do [ ! -e "$work/ready" ] || break; sleep 0.1; done
[ -e "$work/ready" ] || die "no namespaces of its own (unshare)"
inner=$(cut -d" " -f1 "/proc/$started/task/$started/children")
inside() { nsenter --target "$inner" --net --uts --pid --mount chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C "$@"; }
step() { say "$1"; inside bash /tmp/test-inside "$@" || die "$1"; }
# shellcheck disable=SC2317
package() { nsenter --target "$inner" --net --uts --pid --mount env DEBIAN_FRONTEND=noninteractive LANG=C dpkg --root="$root" "$@" >"$work/dpkg.log" 2>&1 || { grep -v 'files list file' "$work/dpkg.log" >&2; die "dpkg $1"; }; }

say "packages"
first=$("$here/debian/build.sh" --build "$build" --quick --version 1.0.0 "$work" 2>/dev/null)
second=$("$here/debian/build.sh" --build "$build" --quick --version 1.0.1 "$work" 2>/dev/null)

if [ "$mode" != host ]; then
    say "Debian's Postfix first"
    mkdir "$work/postfix" && chmod 777 "$work/postfix" && (cd "$work/postfix" && apt-get -qq download postfix debconf init-system-helpers adduser >/dev/null 2>&1)
    package -i "$work"/postfix/*.deb
    step taken-over-before
    say "apt replaces it"
    cp "$first" "$root/tmp/mta.deb"
    inside apt-get install -y -qq --no-install-recommends /tmp/mta.deb >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; die "apt-get install"; }
    inside dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' postfix mta
    step taken-over-after
    inside apt-get remove -y -qq mta >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; die "apt-get remove"; }
    inside bash -c 'rm -rf /etc/postfix/main.cf /etc/postfix/master.cf /var/spool/postfix /var/lib/postfix'
fi

package -i "$first"
step installed
step delivers
step has-mail-queued
package -i "$second"
step upgraded
package -r mta
step removed
package -i "$second"
step installed-again
step has-mail-queued
package -P mta
step purged
if [ "$mode" = host ]; then
    say "all is well: installed, delivered, upgraded, removed, installed again, purged"
    exit 0
fi

say "systemd"
kill -KILL "$inner" "$started" && wait "$started" 2>/dev/null || true
umount "$root/proc" 2>/dev/null || true
cp "$first" "$root/var/tmp/first.deb"
cp "$second" "$root/var/tmp/second.deb"
booted=yes
"$here/boot-root" "$root" >"$work/systemd.log" 2>&1 &
started=$!
init() { inner=$(cut -d" " -f1 "/proc/$started/task/$started/children" 2>/dev/null) && [ "$(cat "/proc/$inner/comm" 2>/dev/null)" = systemd ]; }
for _ in $(seq 300); do if init; then break; fi; sleep 0.1; done
init || { cat "$work/systemd.log" >&2; die "systemd does not start here"; }
inside() { nsenter --target "$inner" --all /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C DEBIAN_FRONTEND=noninteractive "$@"; }
cp "$here/test-inside" "$root/var/tmp/"
say "under-systemd"
inside bash /var/tmp/test-inside under-systemd || { inside journalctl --no-pager -n 30 -u mta >&2; die "under-systemd"; }
say "all is well: installed in place of Debian's Postfix, delivered, upgraded, removed, installed again, purged; run by systemd"
