#!/usr/bin/env bash
# docs/one-liners.md: what the page shows, against tcpdump, tshark and awk on the same captures, and that every live line
# compiles. That the page shows what is printed is tested by pages_test.sh.
# usage: one_liners_test.sh [live]    live: runs each live line for a second, as root
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
page=docs/one-liners.md
probevue=$(realpath "${PROBEVUE:-build/release/probevue}")
export TZ=UTC LC_ALL=C.UTF-8 NO_COLOR=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$probevue" "$work/bin/probevue"
export PATH=$work/bin:$PATH
passed=0 failed=0

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}

# --- live lines -----------------------------------------------------------------------------------------------------

live_lines() { sed -n '/^<!-- live -->/,/^<!-- end/p' "$page" | sed -nE 's/^\| .*\? \| `probevue (.*)` \|$/\1/p'; }
while IFS= read -r line; do
    if [[ ${1:-} == live ]]; then
        said=$(timeout 60 bash -c "probevue --for 1s $line" 2>&1 >/dev/null)
        status=$?
        [[ $status == 0 ]] && ! grep -qE 'error:' <<<"$said"
        result $? "live, exit status $status: $line: $said"
    else
        said=$(bash -c "probevue --check $line" 2>&1)
        [[ $? == 0 && -z $said ]]
        result $? "--check $line: $said"
    fi
done < <(live_lines)
((passed + failed >= 12)) || { failed=$((failed + 1)); echo "FAIL only $((passed + failed)) live lines were found"; }
if [[ ${1:-} == live ]]; then
    echo "$passed passed, $failed failed"
    ((failed == 0))
    exit
fi

# --- numbers --------------------------------------------------------------------------------------------------------

# shown QUESTION: what stands below the command of a question, as lines `KEY VALUE`; keys are joined by commas
shown() {
    awk -v question="$1" '$0 == question { on = 1 } on && /^\$ / { inside = 1; next } inside && /^```/ { exit } inside' "$page" |
        sed -E 's/^[a-z]+\[(.*)\] = (.*)/\1 \2/; s/, /,/g' | sort
}
# same QUESTION: standard input has the same lines
same() {
    sort >"$work/other"
    shown "$1" >"$work/page"
    [[ -s $work/page ]] && cmp -s "$work/page" "$work/other"
    local status=$?
    result $status "$1"
    ((status == 0)) || diff "$work/page" "$work/other" | head -10
}
data=tests/data
sum='{ n[$1] += $2 } END { for (key in n) print key, n[key] }'
count='{ n[$0]++ } END { for (key in n) print key, n[key] }'

same 'How many packets in each second?' < <(tcpdump -ttnr $data/web.pcap 2>/dev/null | awk 'NR == 1 { first = $1 } { n[int($1 - first)]++; last = int($1 - first) } END { for (i = 0; i < last; i++) print n[i] }')
same 'Which milliseconds have most bytes?' < <(tcpdump -ettnr $data/web.pcap 2>/dev/null | awk '{ match($0, /length [0-9]+/); split($1, t, "."); us = t[1] * 1000000 + t[2]; if (NR == 1) first = us; n[int((us - first) / 1000)] += substr($0, RSTART + 7, RLENGTH - 7) } END { for (ms in n) print ms, n[ms] }' | sort -k2nr | head -3)
same 'Which MAC addresses send?' < <(tcpdump -enr $data/web.pcap 2>/dev/null | awk '{ print $2 }' | awk "$count")
same 'Who talks with whom?' < <(tcpdump -enr $data/web.pcap ip 2>/dev/null | perl -ne 'print "$2,$3 $1\n" if /length (\d+): ([\d.]+?)(?:\.\d+)? > ([\d.]+?)(?:\.\d+)?:/' | sed -E 's/^(([0-9]+\.){3}[0-9]+)\.[0-9]+,/\1,/' | awk "$sum")
same 'Which ports are talked to?' < <(tcpdump -nr $data/web.pcap tcp 2>/dev/null | sed -nE 's/.* > [^ ]*\.([0-9]+): Flags \[S\].*/\1/p' | awk "$count")
same 'Which flags are set?' < <(tcpdump -nr $data/web.pcap tcp 2>/dev/null | sed -nE 's/.*Flags \[([^]]*)\].*/\1/p' | awk "$count")
same 'What do clients offer as MSS?' < <(tcpdump -nr $data/web.pcap tcp 2>/dev/null | sed -nE 's/.*Flags \[S\].*mss ([0-9]+).*/\1/p' | awk "$count")
same 'Who refuses, or ends by a reset?' < <(tcpdump -nr $data/web.pcap tcp 2>/dev/null | sed -nE 's/.* (IP6?) ([^ ]*)\.([0-9]+) > .*Flags \[R.*/\2,\3/p' | awk "$count")
same 'Who opens connections to what?' < <(tcpdump -nr $data/web.pcap tcp 2>/dev/null | sed -nE 's/.* ([^ ]*)\.[0-9]+ > ([^ ]*)\.([0-9]+): Flags \[S\].*/\1,\2,\3/p' | awk "$count")
same 'Who closes its window?' < <(tcpdump -nr $data/stall.pcap tcp 2>/dev/null | grep -v 'Flags \[R' | sed -nE 's/.* ([^ ]*)\.[0-9]+ > .* win 0[, ].*/\1/p' | awk "$count")
same 'Which names are looked up?' < <(tcpdump -nr $data/dns.pcap 'udp dst port 53' 2>/dev/null | sed -nE 's/.*\? ([^ ]*)\. .*/\1/p' | awk "$count")
same 'Who asks for whom by ARP?' < <(tcpdump -nr $data/web.pcap arp 2>/dev/null | sed -nE 's/.*who-has ([^ ]*) tell ([^ ,]*),.*/\2,\1/p' | awk "$count")
same 'Are there fragments?' < <(tcpdump -nr $data/mixed.pcapng 'ip[6:2] & 0x3fff != 0' 2>/dev/null | sed -nE 's/.* IP ([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)[. ].*/\1/p' | awk "$count")
same 'How many different addresses?' < <(tcpdump -nr $data/scan.pcap 'ip or ip6' 2>/dev/null | sed -nE 's/.* IP ([0-9.]+) > ([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)[.:].*/\2/p; s/.* IP6 [^ ]+ > ([0-9a-f:]+)[.:] .*/\1/p; s/.* IP6 [^ ]+ > ([0-9a-f:]+)\.[0-9]+:.*/\1/p' | sed 's/:$//' | sort -u | wc -l | sed 's/^/d = /')
if command -v tshark >/dev/null; then
    same 'Who sends most?' < <(tshark -r $data/web.pcap -T fields -e ip.src -e ipv6.src -e arp.src.proto_ipv4 -e frame.len 2>/dev/null |     awk -F '\t' '{ print $3 != "" ? "0.0.0.0" : $1 $2, $4 }' | awk "$sum")
    tshark -r $data/names.pcap -Y tls.handshake.extensions_server_name -T fields -e tls.handshake.extensions_server_name 2>/dev/null |     awk "$count" >"$work/sni"
    same 'Which servers are asked for by TLS?' < <({ shown 'Which servers are asked for by TLS?' | grep '^ '; cat "$work/sni"; })
else
    echo "tshark is not installed: two comparisons were left out"
fi

echo "$passed passed, $failed failed"
((failed == 0 && passed >= 25))
