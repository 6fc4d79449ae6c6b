#!/usr/bin/env bash
# Makes the image of this host's files (see ../host-root), checks its layout, and runs it: as its user, with no rights, on a
# read-only root with only its volumes writable. A message that comes by SMTP ends in a maildir of the volume.
#
#   test.sh [--build TREE]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$here/../.." && pwd)/out
[ "${1:-}" != --build ] || build=$2
work=$(mktemp -d /tmp/mta-image-XXXXXX)
started=''
finish() {
    if [ -n "$started" ]; then kill -KILL "$started" && wait "$started" || true; fi 2>/dev/null
    [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"
die() { echo "test.sh: $*" >&2; tail -n 60 "$work/log" >&2 || true; exit 1; }
"$here/../host-root" "$build" "$work/base"
"$here/build.sh" --build "$build" --root "$work/base" "$work/image.tar" >/dev/null

# The layout, digest by digest; the run takes its values from the image's configuration.
mkdir "$work/layout" "$work/root"
tar -xf "$work/image.tar" -C "$work/layout"
for blob in "$work"/layout/blobs/sha256/*; do
    [ "$(sha256sum <"$blob" | cut -d' ' -f1)" = "$(basename "$blob")" ] || die "digest of $blob"
done
field() { python3 -c 'import json,sys; v=json.load(open(sys.argv[1]))
for k in sys.argv[2:]: v=v[int(k)] if isinstance(v,list) else v[k]
print(v)' "$@"; }
blob() { echo "$work/layout/blobs/sha256/${1#sha256:}"; }
manifest=$(blob "$(field "$work/layout/index.json" manifests 0 digest)")
config=$(blob "$(field "$manifest" config digest)")
layer=$(blob "$(field "$manifest" layers 0 digest)")
[ "$(field "$manifest" layers 0 size)" = "$(stat -c %s "$layer")" ] || die "size of the layer"
[ "sha256:$(gzip -dc "$layer" | sha256sum | cut -d' ' -f1)" = "$(field "$config" rootfs diff_ids 0)" ] || die "diff_id"
user=$(field "$config" config User)
command=("$(field "$config" config Entrypoint 0)" "$(field "$config" config Cmd 0)")
tar -xzf "$layer" -C "$work/root"
echo "mta.example.test" >"$work/root/etc/hostname"
printf '127.0.0.1 localhost mta.example.test\n' >"$work/root/etc/hosts"

# What an engine does: own namespaces, a read-only root, volumes, no capabilities, no new privileges.
unshare --net --uts --ipc --pid --fork --mount --kill-child bash -c '
    set -e
    root=$1 user=$2 ready=$3; shift 3
    ip link set lo up; hostname mta.example.test
    mount --bind "$root" "$root"
    for name in null zero random urandom; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
    mount -t proc proc "$root/proc"
    for volume in var/spool/postfix var/lib/postfix var/mail; do mount --bind "$root/$volume" "$root/$volume"; done
    mount -o remount,bind,ro "$root"
    touch "$ready"
    cd "$root"
    exec setpriv --no-new-privs chroot --userspec="$user" "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DOTNET_EnableDiagnostics=0 "$@"
' - "$work/root" "$user" "$work/ready" "${command[@]}" >"$work/log" 2>&1 &
started=$!
for _ in $(seq 300); do grep -q 'daemon started' "$work/log" && break; sleep 0.1; done
grep -q 'daemon started' "$work/log" || die "it did not start"
inner=$(cut -d" " -f1 "/proc/$started/task/$started/children")
inside() { nsenter --target "$inner" --net --uts --ipc --pid --mount chroot --userspec="$user" "$work/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
inside bash -c 'if touch /etc/x 2>/dev/null || touch /tmp/x 2>/dev/null; then echo "the root can be written" >&2; exit 1; fi
    [ "$(id -u)" = 10025 ] || exit 1
    postconf -h mail_version >/dev/null
    answer=; exec 3<>/dev/tcp/127.0.0.1/2525
    reply() { while :; do IFS= read -r -t 30 answer <&3 || exit 2; [ "${answer:3:1}" = - ] || break; done; [ "${answer:0:1}" = "$1" ] || { echo "SMTP: $answer" >&2; exit 1; }; }
    tell() { printf "%s\r\n" "$1" >&3; }
    reply 2; tell "EHLO c.test"; reply 2; tell "MAIL FROM:<a@c.test>"; reply 2; tell "RCPT TO:<postfix@localhost>"; reply 2
    tell DATA; reply 3; tell "Subject: x"; tell ""; tell "token image"; tell .; reply 2; tell QUIT; reply 2
    printf "Subject: y\n\ntoken command\n" | sendmail postfix@localhost
    for token in image command; do
        for _ in $(seq 300); do grep -rqs "token $token\$" /var/mail/postfix/new && break; sleep 0.1; done
        grep -rqs "token $token\$" /var/mail/postfix/new || { echo "token $token did not arrive" >&2; exit 1; }
    done' || die "inside"
[ -z "$(ps -o uid= -p "$(pgrep -d, -P "$inner")" | grep -vw 10025 || true)" ] || die "something runs as somebody else"
echo "all is well: the image's digests are right; it delivered by SMTP and sendmail, as user $user, on a read-only root"
