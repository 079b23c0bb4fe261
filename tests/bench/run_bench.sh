#!/bin/bash
# Measures probevue against the same thing written by hand in C, and against tcpdump, on one large capture.
#
#     run_bench.sh PROBEVUE [PROGRAMS]     PROGRAMS: folder of the built bench programs; default: built here, in a
#                                          temporary folder
#
# PACKETS (2000000) and ROUNDS (5) may be set in the environment. Programs take turns, so that a busy machine hits them
# alike; the best of the rounds counts, and ratios are those of processor time. The outputs of probevue and the C programs
# are compared first. Exit status 1: a mark is missed (the interpreter takes more than three times as long as the C
# program, lines of recorded events six times, more packets take more memory, or a session of nothing takes 20 ms of the
# processor).
set -euo pipefail

probevue=$(realpath "${1:?usage: run_bench.sh PROBEVUE [PROGRAMS]}")
source_folder=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

programs=${2:-$work}
if (($# < 2)); then
    "${CXX:-g++}" -std=c++20 -O2 "$source_folder/make_big_capture.cpp" -o "$work/make_big_capture"
    for name in make_big_recording print_events; do
        "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O2 "$source_folder/$name.c" -o "$work/$name"
    done
    for name in count_by_source print_lines; do
        "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O2 "$source_folder/$name.c" -o "$work/$name" -lpcap
    done
    "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O2 "$source_folder/measure.c" -o "$work/measure"
fi

capture=$work/big.pcap
"$programs/make_big_capture" "$capture" "${PACKETS:-2000000}"
"$programs/make_big_capture" "$work/fewer.pcap" $((${PACKETS:-2000000} / 4))
recording=$work/events.pcapng
"$programs/make_big_recording" "$recording" $((${PACKETS:-2000000} / 4))
cat "$capture" "$recording" > /dev/null  # into the page cache

count='@@net:bpf:any:tcp:"tcp" { n[__ip4hdr->src_addr]++; } @@END { print(n); }'
bytes='@@net:bpf:any:tcp:"tcp" { n[__ip4hdr->src_addr] += __ip4hdr->total_len; } @@END { print(n); }'
lines='@@net:bpf:any:tcp:"tcp" { printf("%I:%d > %I:%d %d\n", __ip4hdr->src_addr, __tcphdr->src_port,
    __ip4hdr->dst_addr, __tcphdr->dst_port, __tcphdr->flags); }'
events='@@net:tcp:state_change { printf("%d %d %I:%d %I:%d\n", __prev_state, __cur_state,
    __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr, __proto_info->remote_port); }'

# Case, then who: the ratio of a case is probevue to its peers.
cases=(interp count bytes lines events)
declare -A command=(
    [interp.probevue]="'$probevue' --engine interp -r '$capture' -e '$count'"
    [interp.c]="'$programs/count_by_source' '$capture' packets"
    [fewer.probevue]="'$probevue' -r '$work/fewer.pcap' -e '$count'"
    [nothing.probevue]="'$probevue' -e '@@BEGIN { exit(); }'"
    [count.probevue]="'$probevue' -r '$capture' -e '$count'"
    [count.c]="'$programs/count_by_source' '$capture' packets"
    [bytes.probevue]="'$probevue' -r '$capture' -e '$bytes'"
    [bytes.c]="'$programs/count_by_source' '$capture' bytes"
    [lines.probevue]="'$probevue' -r '$capture' -e '$lines'"
    [lines.c]="'$programs/print_lines' '$capture'"
    [events.probevue]="'$probevue' -r '$recording' -e '$events'"
    [events.c]="'$programs/print_events' '$recording'"
    [tcpdump]="tcpdump -nn -q -r '$capture' tcp"
)
runs=(nothing.probevue fewer.probevue interp.probevue interp.c count.probevue count.c bytes.probevue bytes.c lines.probevue lines.c
    events.probevue events.c)
if command -v tcpdump > /dev/null; then runs+=(tcpdump); else echo "tcpdump is not installed: left out" >&2; fi

same_output() {
    for name in count bytes; do
        diff <(eval "${command[$name.probevue]}" | sed -E 's/^n\[(.*)\] = /\1 = /') <(eval "${command[$name.c]}") \
            > "$work/difference" || { echo "$name: outputs differ:" >&2; head -5 "$work/difference" >&2; return 1; }
    done
    for name in lines events; do
        cmp <(eval "${command[$name.probevue]}") <(eval "${command[$name.c]}") || return 1
    done
}

measure_all() {
    local round name
    for ((round = 0; round < rounds; ++round)); do
        for name in "${runs[@]}"; do
            eval "'$programs/measure' ${command[$name]}" 2> "$work/messages" | sed "s/^/$name /" ||
                { cat "$work/messages" >&2; return 1; }
        done
    done
}

same_output
measure_all > "$work/measured"

awk -v cases="${cases[*]}" '
    !($1 in best) || $2 < best[$1] { best[$1] = $2 }
    !($1 in cpu) || $3 < cpu[$1] { cpu[$1] = $3 }
    $4 > memory[$1] { memory[$1] = $4 }
    function row(name) { printf "%-16s %9.3f %9.3f %10.1f\n", name, best[name], cpu[name], memory[name] / 1024 }
    END {
        printf "%-16s %9s %9s %10s\n", "", "seconds", "cpu", "memory MB"
        count = split(cases, name, " ")
        for (i = 1; i <= count; ++i) { row(name[i] ".probevue"); row(name[i] ".c") }
        if ("tcpdump" in best) row("tcpdump")
        print ""
        for (i = 1; i <= count; ++i) {
            own = cpu[name[i] ".probevue"]
            printf "%-16s %.2f times the C program", name[i], own / cpu[name[i] ".c"]
            if ("tcpdump" in best && name[i] != "events") printf ", tcpdump takes %.1f times as long", cpu["tcpdump"] / own
            print ""
        }
        more = memory["count.probevue"] / memory["fewer.probevue"]
        printf "memory           %.2f times that for a quarter of the packets\n", more
        printf "start to end     %.1f ms, %.1f of them processor time\n", best["nothing.probevue"] * 1000, cpu["nothing.probevue"] * 1000
        exit cpu["interp.probevue"] > 3 * cpu["interp.c"] || cpu["events.probevue"] > 6 * cpu["events.c"] ||
            more > 1.1 || cpu["nothing.probevue"] > 0.020
    }' "$work/measured"
