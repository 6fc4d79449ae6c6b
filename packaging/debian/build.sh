#!/usr/bin/env bash
# Makes the Debian package.
#
#   build.sh [--build TREE] [--version VERSION] [--quick] OUT
#
# OUT        directory for mta_VERSION_ARCHITECTURE.deb, whose path is printed
# --build    what ./build.sh made; without it ./build.sh is run, and its out/ is taken
# --version  instead of the one in Directory.Build.props
# --quick    compresses less: for trying it out
#
# DEBFULLNAME and DEBEMAIL name the maintainer. Needs dpkg-deb and a C compiler; not root. The same sources and --build give the same bytes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build='' version='' compression=(-Zxz) out=''
while [ $# -gt 0 ]; do
    case $1 in
        --build) build=$2; shift 2 ;;
        --version) version=$2; shift 2 ;;
        --quick) compression=(-Zzstd -z1); shift ;;
        -*) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 64 ;;
        *) out=$1; shift ;;
    esac
done
[ -n "$out" ] || { echo "usage: build.sh [--build TREE] [--version VERSION] [--quick] OUT" >&2; exit 64; }
if [ -z "$build" ]; then
    "$root/build.sh" >&2
    build=$root/out
fi
[ -n "$version" ] || version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
maintainer="${DEBFULLNAME:-Mta maintainers} <${DEBEMAIL:-mta@mta.example}>"
architecture=$(dpkg --print-architecture)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"
umask 022

"$root/packaging/install.sh" --build "$build" --destdir "$tree"
install -D -m 755 "$root/packaging/set-up" "$tree/usr/share/mta/set-up"
mkdir -p "$tree/usr/lib"
ln -s ../sbin/sendmail "$tree/usr/lib/sendmail"
install -D -m 644 "$here/logrotate" "$tree/etc/logrotate.d/mta"
install -D -m 644 "$here/copyright" "$tree/usr/share/doc/mta/copyright"
printf 'mta (%s) unstable; urgency=medium\n\n  * See the log of the source tree.\n\n -- %s  %s\n' \
    "$version" "$maintainer" "$(date -R -u -d "@${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}")" |
    gzip -9n >"$tree/usr/share/doc/mta/changelog.gz"
for page in README.md docs/COMPATIBILITY.md docs/SECURITY.md docs/TABLES.md docs/QUEUE.md; do
    install -m 644 "$root/$page" "$tree/usr/share/doc/mta/"
done
[ ! -d "$root/docs/guides" ] || cp -r "$root/docs/guides" "$tree/usr/share/doc/mta/"

# The newest symbols of the C library that the programs ask for.
libc=$(find "$tree/usr/lib/postfix/sbin" "$tree/usr/sbin" -type f -size +64k -print0 | xargs -0 grep -aoh 'GLIBC_2\.[0-9]*' | sort -uV | tail -n 1)
mkdir "$tree/DEBIAN"
size=$(du -sk --apparent-size "$tree" | cut -f1)
sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/; s/@LIBC@/${libc#GLIBC_}/; s/@MAINTAINER@/$maintainer/" "$here/control.in" >"$tree/DEBIAN/control"
for script in postinst prerm postrm; do install -m 755 "$here/$script" "$tree/DEBIAN/$script"; done
(cd "$tree" && find etc -type f | sed 's:^:/:' | LC_ALL=C sort) >"$tree/DEBIAN/conffiles"
(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -print | sed 's:^\./::' | LC_ALL=C sort | xargs md5sum) >"$tree/DEBIAN/md5sums"

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
mkdir -p "$out"
package=$out/mta_${version}_${architecture}.deb
dpkg-deb --root-owner-group "${compression[@]}" --build "$tree" "$package" >&2
echo "$package"
