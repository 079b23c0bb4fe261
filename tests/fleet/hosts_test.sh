#!/usr/bin/env bash
# share/fleet/hosts.sh on eight hosts: all packets that ping has sent are in the answer, and a host whose session is killed is named: what it
# told last counts.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/fleet/engine.sh
needs pdsh pdsh
work=$(mktemp -d)
. tests/fleet/live_hosts.sh
finish() {
    [[ -z ${engine:-} ]] || kill "$engine" 2>/dev/null
    wait
    remove_hosts
    rm -rf "$work"
}
trap finish EXIT
make_hosts
export REACH="$work/reach %h" EVERY=500ms

# ask FLAG...: the answer goes into $work/out; its process is $engine
ask() {
    FLAGS=$* share/fleet/hosts.sh "${hosts}[1-$number_of_hosts]" "$work/pings.e" >"$work/out" 2>"$work/err" &
    engine=$!
    wait_for 60 all_listen || bad "not all listen: $(<"$work/err")"
}
answered() { grep -q "^$1 packets" "$work/out"; }

# --- a time that the sessions end by themselves
sent=0
ask --for 6s
for ((number = 1; number <= number_of_hosts; ++number)); do pings "$hosts$number" $((number + 3)); done
wait "$engine"
[[ $? == 0 ]] && ok || bad "status: $(<"$work/err")"
[[ $(tail -n 2 "$work/out") == "$sent packets"$'\n'"by_length[98] = $sent" ]] && ok || bad "$sent packets were sent: $(tail -n 5 "$work/out")"
[[ ! -s $work/err ]] && ok || bad "said: $(<"$work/err")"
# Windows are those of all hosts: one a second, each once.
(($(grep -c '^so far' "$work/out") <= 8)) && ok || bad "windows: $(grep -c '^so far' "$work/out")"

# --- one is killed, and later all of them are stopped by Ctrl-C here
sent=0
ask
for ((number = 1; number <= number_of_hosts; ++number)); do pings "$hosts$number" 5; done
wait_for 60 answered "$sent" && ok || bad "$sent packets were sent: $(tail -n 5 "$work/out" "$work/err")"
victim=$(for id in $(ip netns pids "${hosts}3"); do [[ $(readlink "/proc/$id/exe") != "$PROBEVUE" ]] || echo "$id"; done)
kill -KILL $victim
wait_for 60 grep -q "${hosts}3: its session is gone without its last state: what it has seen since .* is not counted" "$work/err" && ok || bad "not missed: $(<"$work/err")"
pings "${hosts}1" 4
pings "${hosts}8" 3
wait_for 60 answered "$sent" && ok || bad "$sent packets were sent: $(tail -n 5 "$work/out")"
merger=$(pgrep -P "$engine" -f -- '--merge')
kill -INT "$merger"
wait "$engine"
[[ $(tail -n 2 "$work/out" | head -1) == "$sent packets" ]] && ok || bad "the last answer: $(tail -n 3 "$work/out")"
none_left() { for ((number = 1; number <= number_of_hosts; ++number)); do [[ -z $(ip netns pids "$hosts$number") ]] || return; done; }
wait_for 60 none_left && ok || bad "sessions go on: $(ps -o args= -p "$(ip netns pids "${hosts}1" | head -1)")"

# --- what cannot be
share/fleet/hosts.sh "${hosts}1" scripts/tcptop.e >"$work/out" 2>"$work/err"
[[ $? != 0 && ! -s $work/out ]] && ok || bad "tcptop: $(<"$work/out")"
conclude
