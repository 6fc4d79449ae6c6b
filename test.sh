#!/usr/bin/env bash
# Runs the tests.
#
#   ./test.sh             everything that needs no other mail software
#   ./test.sh --quick     without the end-to-end tests
#   ./test.sh --interop   also against Debian's Postfix and other peers (installs them when run as root)
#
# The last line says how many passed and failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# A hundred projects: one compiler for all, whatever the environment says.
export UseSharedCompilation=true

quick= interop=
for argument in "$@"; do
    case $argument in
        --quick) quick=yes ;;
        --interop) interop=yes ;;
        *) echo "usage: ./test.sh [--quick] [--interop]" >&2; exit 64 ;;
    esac
done

if [ -n "$interop" ]; then
    missing=$(tests/tools/missing-packages interop neighbours)
    if [ -n "$missing" ]; then
        if [ "$(id -u)" -eq 0 ]; then
            apt-get update -qq || exit 1
            missing=$(tests/tools/missing-packages interop)
            [ -z "$missing" ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null || exit 1
            missing=$(tests/tools/missing-packages neighbours)
            [ -z "$missing" ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || exit 1
        else
            echo "test.sh: peers that are missing, their tests are skipped: $missing" >&2
        fi
    fi
    export MTA_INTEROP=1
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0

# run NAME PROJECT [OPTION...]: runs a project's tests. A runner that ends badly without a failed test has died.
run() {
    local trx="$results/$1.trx" project=$2
    shift 2
    dotnet test "$project" --no-build -v:q -nologo --logger "trx;LogFileName=$trx" "$@" || grep -q 'outcome="Failed"' "$trx" || touch "$results/died"
}

dotnet build tests/tests.proj -v:q -nologo -clp:NoSummary || exit 1
for project in tests/*/*.Tests.csproj; do
    name=$(basename "$project" .csproj)
    # Needs the programs: comes with the end-to-end tests.
    [ "$name" != Mta.Differential.Tests ] || continue
    [ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n
    run "$name" "$project" >"$results/$name.log" 2>&1 &
done
wait
cat "$results"/*.log

if [ -z "$quick" ]; then
    if [ "$(id -u)" -eq 0 ]; then
        # Instances run as several accounts, which may not be able to enter the folder that this tree is in.
        MTA_BUILD=$(mktemp -d /tmp/mta-build-XXXXXX)
        trap 'rm -rf "$results" "$MTA_BUILD"' EXIT
        chmod 755 "$MTA_BUILD"
        export MTA_BUILD
    fi
    ./build.sh "${MTA_BUILD:-out}" || exit 1
    run Mta.EndToEnd tests/end-to-end/end-to-end.csproj --logger "console;verbosity=normal"
    # Hundreds of cases: only what fails or is skipped is shown.
    run Mta.Differential.Tests tests/differential/Mta.Differential.Tests.csproj --logger "console;verbosity=minimal"
fi

# Many mail systems and their clocks share the machine: a few failures are tried once more, alone.
if command -v python3 >/dev/null; then
    for file in "$results"/*.trx; do
        tests/tools/run-again "$file" tests/*/bin/Debug/*/"$(basename "$file" .trx)".dll
    done
fi

for file in "$results"/*.trx; do
    counters=$(grep -o '<Counters [^>]*>' "$file" | head -n 1)
    passed=$((passed + $(sed -n 's/.* passed="\([0-9]*\)".*/\1/p' <<<"$counters")))
    failed=$((failed + $(sed -n 's/.* failed="\([0-9]*\)".*/\1/p' <<<"$counters")))
done
[ ! -e "$results/died" ] || [ "$failed" -gt 0 ] || failed=1
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
