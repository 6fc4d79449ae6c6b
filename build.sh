#!/usr/bin/env bash
# Builds everything.
#
#   ./build.sh [--managed] [OUTDIR]
#
# OUTDIR     where the programs go, default out/: OUTDIR/sbin has the commands, OUTDIR/libexec the daemons,
#            OUTDIR/share manual pages and bash completion
# --managed  links to managed builds instead of NativeAOT binaries: quicker to make, for trying things out
#
# Incremental: only what changed is compiled again. Needs a .NET SDK 9 or later, clang (or gcc) and zlib's headers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

managed=
out=
for argument in "$@"; do
    case $argument in
        --managed) managed=yes ;;
        -*) echo "usage: ./build.sh [--managed] [OUTDIR]" >&2; exit 64 ;;
        *) out=$argument ;;
    esac
done
out=$(realpath -m "${out:-out}")

command -v dotnet >/dev/null || { echo "build.sh: no .NET SDK on PATH: install version 9 or later (https://dotnet.microsoft.com/download)" >&2; exit 69; }
compiler=$(command -v clang || command -v gcc) || { echo "build.sh: no C compiler: install clang" >&2; exit 69; }
case $(uname -m) in
    x86_64) rid=linux-x64 ;;
    aarch64) rid=linux-arm64 ;;
    *) echo "build.sh: no NativeAOT runtime for $(uname -m)" >&2; exit 69 ;;
esac

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# A hundred projects: one compiler for all, whatever the environment says.
export UseSharedCompilation=true
# One more than processors: each program is compiled, then linked, by tools that do not use them all.
jobs=$(($(nproc) + 1))

# Programs that a user calls; everything else is a daemon or a helper of one.
commands="postfix postmulti sendmail postsuper postcat postconf postmap postalias postkick postlock posttls-finger qshape"
# Programs behind the set-gid launcher: the command is a launcher, the program stands in libexec.
launched="postdrop postqueue postlog"

mkdir -p "$out/sbin" "$out/libexec"
if [ -n "$managed" ]; then
    dotnet build publish.proj -t:Restore -v:q -nologo
    dotnet build publish.proj -t:Managed -p:Configuration=Debug -v:q -nologo -m:"$jobs" -clp:NoSummary
else
    dotnet msbuild publish.proj -t:Restore -p:RuntimeIdentifier=$rid -v:q -nologo
    dotnet msbuild publish.proj -t:Publish -p:RuntimeIdentifier=$rid -v:q -nologo -m:"$jobs" -clp:NoSummary
fi

for project in */*.csproj tools/*/*.csproj; do
    case $project in lib/*|tests/*) continue ;; esac
    name=$(basename "$project" .csproj)
    folder=$(dirname "$project")
    target=$out/libexec/$name
    case " $commands " in *" $name "*) target=$out/sbin/$name ;; esac
    if [ -n "$managed" ]; then
        ln -sfn "$PWD/$folder/bin/Debug/net9.0/$name" "$target"
    else
        built=$folder/bin/Release/net9.0/$rid/publish/$name
        # A running program's file cannot be written: put the new one in its place.
        cmp -s "$built" "$target" || { cp "$built" "$target.new" && mv -f "$target.new" "$target"; }
    fi
done

for name in $launched; do
    [ "$out/sbin/$name" -nt tools/launcher/launcher.c ] && [ -x "$out/sbin/$name" ] && continue
    "$compiler" -O2 -Wall -Wextra -Werror -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -pie -Wl,-z,relro,-z,now \
        -DTARGET="\"$out/libexec/$name\"" -DNAME="\"$name\"" -o "$out/sbin/$name" tools/launcher/launcher.c
done

# lmtp is smtp, by the name it is called by.
ln -sfn smtp "$out/libexec/lmtp"
ln -sfn sendmail "$out/sbin/mailq"
ln -sfn sendmail "$out/sbin/newaliases"

# The marker that tells `postfix start` whose daemons stand here.
sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props >"$out/libexec/mta-release"

tools/documentation/install "$out"
