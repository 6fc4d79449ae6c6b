#!/usr/bin/env bash
# Makes the image of this host's files (see ../host-root), checks its layout, and runs it as an ordinary user of this host
# does (rootless: a user namespace), with no rights, on a read-only root with only its volumes writable. A message that comes by SMTP ends in a maildir of the volume.
#
#   test.sh [--build TREE] [--root DIR]
#
# --root  a tree made by debootstrap instead (see ../debootstrap-root)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$here/../.." && pwd)/out base=''
while [ $# -gt 0 ]; do
    case $1 in
        --build) build=$2; shift 2 ;;
        --root) base=$2; shift 2 ;;
        *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
    esac
done
work=$(mktemp -d /tmp/mta-image-XXXXXX)
started='' inner=''
finish() {
    # The first process of the namespace takes all others with it; another user's gets no signal when its parent dies.
    if [ -n "$started" ]; then
        inner=${inner:-$(cut -d" " -f1 "/proc/$started/task/$started/children")}
        kill -KILL ${inner:+"$inner"} "$started" && wait "$started" || true
    fi 2>/dev/null
    [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"
die() { echo "test.sh: $*" >&2; tail -n 60 "$work/log" >&2 || true; exit 1; }
[ -n "$base" ] || { base=$work/base; "$here/../host-root" "$build" "$base"; }
"$here/build.sh" --build "$build" --root "$base" "$work/image.tar" >/dev/null

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
# What an engine does for an ordinary user: the layer unpacked as that user, own namespaces, in them the image's user, who is
# that user outside; a read-only root, volumes, no capabilities, no new privileges.
outside=$(id -u nobody)
group=$(id -g nobody)
chown "$outside:$group" "$work/root"
as_user() { setpriv --reuid="$outside" --regid="$group" --clear-groups "$@"; }
as_user tar --no-same-owner --exclude='./dev/*' -xzf "$layer" -C "$work/root"
as_user bash -c 'echo mta.example.test >"$1/etc/hostname"; printf "127.0.0.1 localhost mta.example.test\n" >"$1/etc/hosts"' - "$work/root"
: >"$work/log"
chown "$outside" "$work/log"
setpriv --reuid="$outside" --regid="$group" --clear-groups unshare --user --map-root-user --net --uts --ipc --pid --fork --mount --kill-child bash -c '
    set -e
    root=$1 user=$2; shift 2
    ip link set lo up; hostname mta.example.test
    mount --bind "$root" "$root"
    for name in null zero random urandom; do : >"$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
    ln -s /proc/self/fd/1 "$root/dev/stdout"
    mount -t proc proc "$root/proc"
    for volume in var/spool/postfix var/lib/postfix var/mail; do mount --bind "$root/$volume" "$root/$volume"; done
    mount -o remount,bind,ro "$root"
    exec setpriv --no-new-privs unshare --user --map-user="${user%:*}" --map-group="${user#*:}" --root="$root" --wd=/ \
        /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DOTNET_EnableDiagnostics=0 "$@"
' - "$work/root" "$user" "${command[@]}" >>"$work/log" 2>&1 &
started=$!
for _ in $(seq 300); do grep -q 'daemon started' "$work/log" && break; sleep 0.1; done
grep -q 'daemon started' "$work/log" || die "it did not start"
inner=$(cut -d" " -f1 "/proc/$started/task/$started/children")
inside() {
    setpriv --regid="$group" --clear-groups nsenter --target "$inner" --user --preserve-credentials --setuid="${user%:*}" --net --uts --ipc --pid --mount --root \
        /usr/bin/env -i --chdir=/ PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
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
[ -z "$(ps -o uid= -p "$inner,$(pgrep -d, -P "$inner")" | grep -vw "$outside" || true)" ] || die "something runs as somebody else"
echo "all is well: the image's digests are right; it delivered by SMTP and sendmail, as user $user (outside: $outside), on a read-only root"
