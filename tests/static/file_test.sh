#!/usr/bin/env bash
# The statically linked program as a file: it needs no other, is small, may lie anywhere in memory; the licences of all that is in it
# stand beside it; it prints what the cases and the scripts' tests expect.
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/tally.sh
source tests/static/file.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

holds() { if "${@:2}"; then ok; else bad "$1"; fi; }

readelf -Wl -d -h "$file" >"$work/elf"
holds "it is position-independent" grep -qE '^ *Type: +DYN' "$work/elf"
holds "no other program loads it" eval '! grep -q INTERP "$work/elf"'
holds "it needs no library" eval '! grep -q NEEDED "$work/elf"'
holds "its stack is no program" grep -qE 'GNU_STACK .* RW ' "$work/elf"
holds "what the linker wrote is not written to" grep -q GNU_RELRO "$work/elf"
cp "$file" "$work/stripped" && strip "$work/stripped"
size=$(stat -c %s "$work/stripped")
holds "it has less than 9 million bytes ($size)" test "$size" -lt 9000000

licences=$(dirname "$file")/probevue.licences map=$(dirname "$file")/probevue.map
holds "licences are beside it" test -s "$licences"
for package in libc6-dev libpcap0.8-dev libbpf-dev nlohmann-json3-dev libfmt-dev; do
    holds "the licence of $package is" grep -qx "==== $package" "$licences"
done
holds "so are the texts that they name" grep -q '^==== /usr/share/common-licenses/LGPL-2.1' "$licences"
holds "the map agrees with the rows" runtime/static/licences "$map" "$work/licences"
same "they are the same again" "$licences" "$work/licences"
# A package without a row, and a row of what is not linked.
grep -v '^libedit-dev' runtime/static/packages.txt >"$work/less"
runtime/static/licences "$map" "$work/no" "$work/less" 2>"$work/said"; holds "a package without a row is refused" test $? = 1
holds "it is named" grep -q '^licences: libedit-dev is linked, and has no row in ' "$work/said"
{ cat runtime/static/packages.txt; echo "libgnutls28-dev archive always"; } >"$work/more"
runtime/static/licences "$map" "$work/no" "$work/more" 2>"$work/said"; holds "a row of what is not linked is refused" test $? = 1
holds "it is named too" grep -q 'nothing of libgnutls28-dev is linked: remove the row$' "$work/said"
# What headers bring: each package of a header that our objects read has a row, or declares only.
if command -v ninja >/dev/null && [[ -f $(dirname "$file")/.ninja_deps ]]; then
    declares_only='^(libc6-dev|linux-libc-dev|libcurl4-openssl-dev|libcrypt-dev|libtinfo-dev)$'
    ninja -C "$(dirname "$file")" -t deps | grep -oE ' /usr/[^ ]+$' | sort -u | tr -d ' ' | xargs realpath | sort -u |
        xargs dpkg-query -S 2>/dev/null | sed -E 's/(:[a-z0-9]+)?: .*//' | sort -u | grep -vE "$declares_only" >"$work/headers"
    holds "headers are read" grep -q nlohmann "$work/headers"
    while read -r package; do
        # doctest is that of tests, which the program has nothing of.
        [[ $package == doctest-dev ]] || holds "the headers of $package are in the licences" grep -qx "==== $package" "$licences"
    done <"$work/headers"
fi

# What it cannot do, it says.
"$file" -r tests/data/web.pcap --push http://localhost:1/metrics/job/x top_talkers >"$work/out" 2>"$work/said"
holds "--push is refused" test $? = 2
holds "with the reason" grep -q -e '--push loads the library libcurl, and a statically linked probevue cannot' "$work/said"
holds "and what to do" grep -q 'take --textfile or --metrics, or a probevue that is linked to the libraries of the system' "$work/said"

golden=$(dirname "${PROBEVUE:-build/release/probevue}")/tests/run_golden
[[ -x $golden ]] || golden=$(dirname "$file")/tests/run_golden
"$golden" --probevue "$file" --data tests/data tests/golden tests/errors >"$work/said" 2>&1 || tail -n 30 "$work/said"
holds "the cases: $(tail -n 1 "$work/said")" grep -qE '^[1-9][0-9]* passed, 0 failed' "$work/said"
"$file" --test scripts/tests >"$work/said" 2>&1
holds "the tests of the scripts: $(tail -n 1 "$work/said")" test $? = 0

conclude
