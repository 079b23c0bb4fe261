#!/usr/bin/env bash
# What it costs a replay to name a packet by `__pkt` instead of `__ip4hdr`, and to read `__inner` too: processor time by
# turns in one run, medians of the ratios of pairs. Exit status 1: `__pkt` takes more than 1.1 times as long.
# usage: keys_test.sh    PROBEVUE: the program; PACKETS (1000000) and PAIRS (31) may be set
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
command -v gcc >/dev/null || { echo "skipped: gcc is not installed"; exit 77; }
probevue=$(realpath "${PROBEVUE:-$here/../../build/release/probevue}")
pairs=${PAIRS:-31}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

g++ -std=c++20 -O2 "$here/make_big_capture.cpp" -o "$work/make_big_capture"
gcc -std=c11 -D_GNU_SOURCE -O2 "$here/measure.c" -o "$work/measure"
"$work/make_big_capture" "$work/big.pcap" "${PACKETS:-1000000}"
cat "$work/big.pcap" >/dev/null # into the page cache

head='@@net:bpf:any:tcp:"tcp" {'
tail='} @@END { print(n); }'
declare -A script=(
    [ip4]="$head n[__ip4hdr->src_addr]++; $tail"
    [pkt]="$head n[__pkt->src_addr]++; $tail"
    [inner]="$head n[__pkt->src_addr]++; if (__inner->kind != INNER_NONE) m++; $tail"
    [ip4_ports]="$head n[__ip4hdr->src_addr][__tcphdr->dst_port] += __ip4hdr->total_len; $tail"
    [pkt_ports]="$head n[__pkt->src_addr][__pkt->dst_port] += __pkt->ip_len; $tail"
)

# same NAME OTHER: both print the same
same() {
    cmp <("$probevue" -r "$work/big.pcap" -e "${script[$1]}") <("$probevue" -r "$work/big.pcap" -e "${script[$2]}")
}
same ip4 pkt
same ip4 inner
same ip4_ports pkt_ports

cpu() { "$work/measure" "$probevue" -r "$work/big.pcap" -e "${script[$1]}" | cut -d ' ' -f 2; }

# ratio NAME OTHER: the median of OTHER to NAME, each first in half of the pairs
ratio() {
    local pair a b
    for ((pair = 0; pair < pairs; ++pair)); do
        if ((pair % 2)); then b=$(cpu "$2") a=$(cpu "$1"); else a=$(cpu "$1") b=$(cpu "$2"); fi
        echo "$a $b"
    done | awk '{ print $2 / $1 }' | sort -n | awk '{ all[NR] = $1 } END { printf "%.3f", all[int((NR + 1) / 2)] }'
}

echo "load $(cut -d ' ' -f 1 /proc/loadavg), $pairs pairs"
one=$(ratio ip4 pkt)
ports=$(ratio ip4_ports pkt_ports)
inner=$(ratio pkt inner)
echo "__pkt->src_addr against __ip4hdr->src_addr: $one (mark: 1.1)"
echo "__pkt with port and length against __ip4hdr and __tcphdr: $ports (mark: 1.1)"
echo "__inner read too, of packets that have none: $inner"
awk -v one="$one" -v ports="$ports" 'BEGIN { exit one > 1.1 || ports > 1.1 }'
