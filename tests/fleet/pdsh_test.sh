#!/usr/bin/env bash
# share/fleet/pdsh.sh on four hosts, which are network namespaces: the answer of one process that reads all their captures, or an
# error; also when a process on a host was killed.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/fleet/engine.sh
needs pdsh pdsh
needs ip iproute2
work=$(mktemp -d)
tool=$PWD/share/fleet/pdsh.sh
hosts=pv$$h
finish() {
    for number in 1 2 3 4; do ip netns delete "$hosts$number" 2>/dev/null; done
    rm -rf "$work"
}
trap finish EXIT
for number in 1 2 3 4; do
    ip netns add "$hosts$number" 2>/dev/null || { echo "skipped: network namespaces cannot be made here"; exit 77; }
done
export REACH='ip netns exec %h'

# lay CAPTURE: each host gets a capture of its own, at times of its own; of what is no pcap file the first host alone. Sets one, the
# flags of one process that reads them all, and there, how many hosts have one.
lay() {
    one=() there=4
    rm -f "$work"/*.capture
    [[ $1 == *.pcap ]] || there=1
    for ((number = 1; number <= there; ++number)); do
        local to=$work/$hosts$number.capture
        if ((there == 1)); then cp "$1" "$to"; else tests/data/repeat_capture.py "$1" "$to" $((number + 3)) 30; fi
        one+=(-r "$to")
    done
}
equal=0 windows=0 refused=0
for script in scripts/*.e; do
    replay_of "$script" || continue
    lay "$capture"
    if timeout 60 "$tool" "${hosts}[1-$there]" "$script" "$work/%h.capture" -- "${arguments[@]}" >"$work/merged" 2>"$work/merged.err" </dev/null; then
        if "$PROBEVUE" -r /dev/null -d merge "$script" "${arguments[@]}" | grep -q '^script: window' && ((there > 1)); then
            # Intervals count from the first packet of each capture: what the states of the captures give, gathered here.
            rm -f "$work"/*.pvs
            for file in "$work"/*.capture; do "$PROBEVUE" -q info=none -r "$file" --state-out "$file.pvs" "$script" "${arguments[@]}"; done
            "$PROBEVUE" --merge "$work/*.pvs" "$script" "${arguments[@]}" >"$work/one"
            windows=$((windows + 1))
        else
            "$PROBEVUE" "${one[@]}" "$script" "${arguments[@]}" >"$work/one" 2>/dev/null
            equal=$((equal + 1))
        fi
        same "$script" "$work/one" "$work/merged"
    elif grep -qE '(cannot be split, one process answers it|wants all captures in each process, not one on each host): [a-z]+: at [0-9]+:[0-9]+ ' "$work/merged.err" && [[ ! -s $work/merged ]]; then
        refused=$((refused + 1))
    else
        bad "$script: $(head -5 "$work/merged.err")"
    fi
done
echo "$equal scripts are equal, $windows with windows of each host, $refused are refused"
((equal > 20 && windows > 0 && refused > 15)) && ok || bad "too few"

# Words of the shell and of pdsh in script and arguments.
printf '%s\n' 'String who[20]; @@BEGIN { who = $1; } @@net:bpf::tcp:"" { n[who]++; m["it'"'"'s %h $x"]++; } @@END { print(n); print(m); }' >"$work/it's.e"
lay tests/data/web.pcap
"$tool" "${hosts}[1-4]" "$work/it's.e" "$work/%h.capture" -- "\"a 'b %n\"" >"$work/merged"
"$PROBEVUE" "${one[@]}" "$work/it's.e" "\"a 'b %n\"" >"$work/one"
same "quoted words" "$work/one" "$work/merged"

# A host without its capture.
rm "$work/${hosts}3.capture"
"$tool" "${hosts}[1-4]" scripts/top_talkers.e "$work/%h.capture" >"$work/merged" 2>"$work/err"
[[ $? == 1 && ! -s $work/merged ]] && grep -q "^${hosts}3: .*No such file" "$work/err" && grep -q 'there is no answer' "$work/err" && ok || bad "a host without: $(<"$work/err")"

# A process on a host is killed.
for number in 1 2 3 4; do tests/data/repeat_capture.py tests/data/web.pcap "$work/$hosts$number.capture" 60000 $((number + 2)); done
"$PROBEVUE" "${one[@]}" scripts/top_talkers.e >"$work/one"
"$tool" "${hosts}[1-4]" scripts/top_talkers.e "$work/%h.capture" >"$work/merged" 2>"$work/err" &
engine=$!
wait_for 30 process_of "-r $work/${hosts}2.capture " && kill -KILL "$process" && ok || bad "no process to kill"
wait "$engine"
same "a process was killed" "$work/one" "$work/merged"
grep -q 'Killed' "$work/err" && ok || bad "none was killed: $(<"$work/err")"

conclude
