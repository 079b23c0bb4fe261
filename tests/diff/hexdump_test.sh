#!/usr/bin/env bash
# scripts/packet_contents.e prints each packet of each capture as `tcpdump -XX` does, byte for byte, and as many packets.
# usage: hexdump_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v tcpdump >/dev/null || { echo "skipped: tcpdump is not installed"; exit 77; }

failed=0
files=0
packets=0
for capture in tests/data/{dns,telnet,web}.pcap tests/data/mixed.pcapng tests/data/made/*.pcap; do
    # Of what it does not know inside of packets tcpdump shows dumps of its own, without text.
    tcpdump -XX -nr "$capture" 2>/dev/null | grep -P '^\t0x[0-9a-f]{4,}: .{40}  .' >"$work/expected"
    "$probevue" -r "$capture" scripts/packet_contents.e '""' >"$work/out" 2>"$work/err" || {
        echo "$capture: exit status $?: $(head -n 3 "$work/err")"
        failed=1
        continue
    }
    grep -P '^\t' "$work/out" >"$work/printed"
    if ! cmp -s "$work/expected" "$work/printed"; then
        echo "$capture: tcpdump (<) and hexdump (>) differ:"
        diff "$work/expected" "$work/printed" | head -n 10
        failed=1
    fi
    files=$((files + 1))
    packets=$((packets + $(grep -c '^[0-9:.]* length ' "$work/out")))
done
echo "$packets packets of $files captures"
[[ $failed == 0 && $files -gt 4 && $packets -gt 100 ]]
