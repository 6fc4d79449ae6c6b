#!/usr/bin/env bash
# Makes a container image, without a container engine: an OCI image layout as a tar file, for "podman load", "skopeo copy
# oci-archive:FILE ..." and the like.
#
#   build.sh [--build TREE] [--root DIR] OUT.tar
#
# --build  what ./build.sh made; without it the package is made by packaging/debian/build.sh of its own accord
# --root   a root directory (debootstrap --variant=minbase) to begin with; it is copied. Without it debootstrap makes one.
#
# The image runs as an ordinary user (10025) with a read-only root: what changes is in the volumes /var/spool/postfix (the
# queue), /var/lib/postfix (caches) and /var/mail (mailboxes, maildirs of that user). SMTP is on port 2525, the log goes to
# standard output. Mount your own main.cf and master.cf over /etc/postfix. Making it needs root.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build='' base='' out=''
while [ $# -gt 0 ]; do
    case $1 in
        --build) build=$2; shift 2 ;;
        --root) base=$2; shift 2 ;;
        -*) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
        *) out=$1; shift ;;
    esac
done
[ -n "$out" ] || { echo "usage: build.sh [--build TREE] [--root DIR] OUT.tar" >&2; exit 64; }
[ "$(id -u)" -eq 0 ] || { echo "build.sh: only root can make the files of others" >&2; exit 77; }
out=$(realpath -m "$out")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
user=10025
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || date +%s)}

if [ -n "$base" ]; then
    mkdir "$root" && cp -a "$base/." "$root"
else
    "$here/../debootstrap-root" "$root"
fi
package=$("$here/../debian/build.sh" ${build:+--build "$build"} --quick "$work" 2>/dev/null)

# The account first: set-up takes what is there.
mkdir -p "$root/var/mail"
chroot "$root" groupadd --gid $user postfix
chroot "$root" useradd --uid $user --gid $user --home-dir /var/spool/postfix --no-create-home --shell /usr/sbin/nologin postfix 2>/dev/null
# Commands of the package ask /proc what they were called with.
unshare --mount bash -c 'mkdir -p "$1/proc" && mount -t proc proc "$1/proc" && exec dpkg --root="$1" -i "$2"' - "$root" "$package" >"$work/dpkg.log" 2>&1 ||
    { cat "$work/dpkg.log" >&2; exit 1; }
within() { unshare --mount bash -c 'mount -t proc proc "$1/proc" && exec chroot "$@"' - "$root" "$@"; }
within /usr/sbin/postconf -e inet_interfaces=all maillog_file=/dev/stdout mail_spool_directory=/var/mail/ \
    'mynetworks=127.0.0.0/8 [::1]/128'
# The index, which start could not make on a read-only root.
within /usr/bin/newaliases
sed -i 's/^smtp  *inet /2525        inet /' "$root/etc/postfix/master.cf"
chown -R $user:$user "$root/var/spool/postfix" "$root/var/lib/postfix" "$root/var/mail"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/tmp/* "$root"/usr/share/doc/*/changelog*

# One layer; the same files give the same bytes.
layout=$work/layout
blobs=$layout/blobs/sha256
mkdir -p "$blobs"
tar --create --numeric-owner --sort=name --mtime="@$SOURCE_DATE_EPOCH" --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --one-file-system --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' --directory "$root" --file "$work/layer.tar" .
diff=$(sha256sum <"$work/layer.tar" | cut -d' ' -f1)
gzip -n -3 "$work/layer.tar"
store() { # FILE: prints digest and size
    local digest
    digest=$(sha256sum <"$1" | cut -d' ' -f1)
    mv "$1" "$blobs/$digest"
    echo "$digest $(stat -c %s "$blobs/$digest")"
}
read -r layer layer_size < <(store "$work/layer.tar.gz")
architecture=$(dpkg --print-architecture)
version=$(dpkg-deb -f "$package" Version)
created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
cat >"$work/config.json" <<END
{"created":"$created","architecture":"$architecture","os":"linux","config":{"User":"$user:$user","ExposedPorts":{"2525/tcp":{}},"Env":["PATH=/usr/sbin:/usr/bin:/sbin:/bin","DOTNET_EnableDiagnostics=0"],"Entrypoint":["/usr/sbin/postfix"],"Cmd":["start-fg"],"Volumes":{"/var/spool/postfix":{},"/var/lib/postfix":{},"/var/mail":{}},"WorkingDir":"/","StopSignal":"SIGTERM","Labels":{"org.opencontainers.image.title":"mta","org.opencontainers.image.version":"$version"}},"rootfs":{"type":"layers","diff_ids":["sha256:$diff"]},"history":[{"created":"$created","created_by":"packaging/oci/build.sh"}]}
END
read -r config config_size < <(store "$work/config.json")
cat >"$work/manifest.json" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:$config","size":$config_size},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:$layer","size":$layer_size}]}
END
read -r manifest manifest_size < <(store "$work/manifest.json")
cat >"$layout/index.json" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$manifest","size":$manifest_size,"annotations":{"org.opencontainers.image.ref.name":"mta:$version"},"platform":{"architecture":"$architecture","os":"linux"}}]}
END
printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
mkdir -p "$(dirname "$out")"
tar --create --numeric-owner --owner=0 --group=0 --sort=name --mtime="@$SOURCE_DATE_EPOCH" --directory "$layout" --file "$out" oci-layout index.json blobs
echo "$out"
