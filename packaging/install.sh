#!/usr/bin/env bash
# Installs what ./build.sh made, below --destdir: what the package and the image are made of, and "make install" for others.
#
#   install.sh [--build OUT] [--destdir DIR] [--sbindir DIR] [--bindir DIR] [--daemondir DIR] [--datadir DIR]
#              [--unitdir DIR] [--confdir DIR] [--live]
#
# --build      the output of build.sh; default out/ of this tree
# --destdir    put before each path when files are copied; nothing in the files knows of it
# --sbindir    commands (/usr/sbin); --bindir: mailq and newaliases (/usr/bin)
# --daemondir  daemons (/usr/lib/postfix/sbin, the default of daemon_directory)
# --datadir    manual pages, bash completion, examples (/usr/share)
# --unitdir    systemd's units (/lib/systemd/system); "none" leaves them out
# --confdir    where the mail system will look for main.cf (/etc/postfix); used by --live
# --live       this host, not a tree for a package: accounts are made, main.cf and master.cf are put there if they are
#              missing, directories of the queue are made. An existing configuration and queue stay as they are.
#
# Running it again upgrades. Stop the mail system before: the files of running programs are replaced.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
build=$root/out destdir='' sbindir=/usr/sbin bindir=/usr/bin daemondir=/usr/lib/postfix/sbin datadir=/usr/share
unitdir=/lib/systemd/system confdir=/etc/postfix live=
usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 64; }
while [ $# -gt 0 ]; do
    case $1 in
        --live) live=yes; shift; continue ;;
        --build|--destdir|--sbindir|--bindir|--daemondir|--datadir|--unitdir|--confdir)
            [ $# -ge 2 ] || usage
            printf -v "${1#--}" %s "$2"; shift 2 ;;
        *) usage ;;
    esac
done
[ -e "$build/libexec/mta-release" ] || { echo "install.sh: there is nothing in $build: run ./build.sh first" >&2; exit 66; }
[ -z "$live" ] || [ -z "$destdir" ] || { echo "install.sh: --live and --destdir exclude each other" >&2; exit 64; }
if [ "$(readlink "$build/libexec/smtpd" || true)" != "" ]; then
    echo "install.sh: $build was made by ./build.sh --managed, which is for trying things out: run ./build.sh" >&2
    exit 66
fi
compiler=$(command -v clang || command -v gcc) || { echo "install.sh: no C compiler: install clang" >&2; exit 69; }

# A running program's file cannot be written: each is put in its place under a new name first.
put() { # MODE SOURCE TARGET
    mkdir -p "$destdir$(dirname "$3")"
    install -m "$1" "$2" "$destdir$3.new" && mv -f "$destdir$3.new" "$destdir$3"
}

for file in "$build"/libexec/*; do
    name=$(basename "$file")
    mode=755
    [ "$name" != mta-release ] || mode=644
    [ -L "$file" ] || put $mode "$file" "$daemondir/$name"
done
ln -sfn smtp "$destdir$daemondir/lmtp"
for file in "$build"/sbin/*; do
    name=$(basename "$file")
    case $name in
        mailq|newaliases) ;;
        # The launcher has the path of its program in it.
        postdrop|postqueue|postlog)
            temporary=$(mktemp)
            "$compiler" -O2 -Wall -Wextra -Werror -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -pie -Wl,-z,relro,-z,now,--strip-all \
                -DTARGET="\"$daemondir/$name\"" -DNAME="\"$name\"" -o "$temporary" "$root/tools/launcher/launcher.c"
            put 755 "$temporary" "$sbindir/$name"
            rm -f "$temporary" ;;
        *) put 755 "$file" "$sbindir/$name" ;;
    esac
done
mkdir -p "$destdir$bindir"
for name in mailq newaliases; do
    ln -sfn "$(realpath -m --relative-to="$bindir" "$sbindir/sendmail")" "$destdir$bindir/$name"
done

for page in "$build"/share/man/man*/*; do
    section=$(basename "$(dirname "$page")")
    mkdir -p "$destdir$datadir/man/$section"
    if grep -q '^\.so ' "$page"; then
        target=$(sed 's:^\.so man.*/::' "$page")
        ln -sfn "$target.gz" "$destdir$datadir/man/$section/$(basename "$page").gz"
    else
        gzip -9nc "$page" >"$destdir$datadir/man/$section/$(basename "$page").gz"
        chmod 644 "$destdir$datadir/man/$section/$(basename "$page").gz"
    fi
done
mkdir -p "$destdir$datadir/bash-completion/completions"
for file in "$build"/share/bash-completion/completions/*; do
    name=$(basename "$file")
    if [ -L "$file" ]; then
        ln -sfn "$(readlink "$file")" "$destdir$datadir/bash-completion/completions/$name"
    else
        put 644 "$file" "$datadir/bash-completion/completions/$name"
    fi
done

# The files that a new installation begins with: daemons and commands are where the defaults say, or where these lines do.
mkdir -p "$destdir$datadir/mta"
{
    awk -v command="$sbindir" -v daemon="$daemondir" '
        /^command_directory =/ { print "command_directory = " command; next }
        /^daemon_directory =/ { print "daemon_directory = " daemon; next }
        /^# The output directories of build.sh/ { print "# Commands, and the programs behind the services of master.cf."; next }
        { print }' "$root/conf/main.cf"
    printf '\n# --- Paths that other programs ask for --------------------------------------------------------------------------\n\n'
    printf 'sendmail_path = %s/sendmail\nmailq_path = %s/mailq\nnewaliases_path = %s/newaliases\n' "$sbindir" "$bindir" "$bindir"
} >"$destdir$datadir/mta/main.cf"
chmod 644 "$destdir$datadir/mta/main.cf"
put 644 "$root/conf/master.cf" "$datadir/mta/master.cf"

if [ "$unitdir" != none ]; then
    for unit in "$here"/systemd/*; do
        mkdir -p "$destdir$unitdir"
        sed "s:/usr/sbin/postfix:$sbindir/postfix:g; s:/usr/lib/postfix/sbin:$daemondir:g" "$unit" >"$destdir$unitdir/$(basename "$unit")"
        chmod 644 "$destdir$unitdir/$(basename "$unit")"
    done
fi

[ -n "$live" ] || exit 0
SBINDIR=$sbindir DATADIR=$datadir CONFDIR=$confdir "$here/set-up"
