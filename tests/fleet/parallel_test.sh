#!/usr/bin/env bash
# share/fleet/parallel.sh: the answer of one process, or an error; also when a process was killed.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/fleet/engine.sh
needs parallel parallel
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tool=$PWD/share/fleet/parallel.sh

run() {
    local script=$1 capture=$2
    shift 2
    STATES=$work/states
    rm -rf "$STATES"
    STATES=$STATES timeout 120 "$tool" "$script" 64 "$capture" -- "$@"
}
every_script run

# Files, each read once; flags; the same again gathers nothing.
captures=(tests/data/{dns,telnet,web}.pcap)
export STATES="$work/a folder {} of \$states"
FLAGS='--format json' "$tool" scripts/top_talkers.e files "${captures[@]}" >"$work/merged"
"$PROBEVUE" --format json -r "${captures[0]}" -r "${captures[1]}" -r "${captures[2]}" scripts/top_talkers.e >"$work/one"
same "files" "$work/one" "$work/merged"
before=$(stat -c %y "$STATES"/*.pvs)
FLAGS='--format json' "$tool" scripts/top_talkers.e files "${captures[@]}" >"$work/merged"
same "files again" "$work/one" "$work/merged"
[[ $(stat -c %y "$STATES"/*.pvs) == "$before" ]] && ok || bad "what was there is gathered again"
files_of_split
# fails TEXT COMMAND...
fails() {
    local text=$1
    shift
    "$@" >"$work/out" 2>"$work/err" && bad "succeeds: $*"
    [[ ! -s $work/out && $(<"$work/err") == *"$text"* ]] && ok || bad "no \`$text\`: $(<"$work/err")"
}
fails 'has the states of something else' "$tool" scripts/top_talkers.e files tests/data/web.pcap
fails 'wants all captures in each process, a number of SHARDS: flow: at 13:5' "$tool" scripts/handshake_time.e files tests/data/web.pcap
fails 'is a number or `files`, not `x`' "$tool" scripts/top_talkers.e x tests/data/web.pcap
fails 'usage: parallel.sh' "$tool" scripts/top_talkers.e 4
fails 'nothing.pcap' "$tool" scripts/top_talkers.e 4 tests/data/nothing.pcap

# A process is killed: it stops, nothing is printed, and the same command goes on.
tests/data/repeat_capture.py tests/data/web.pcap "$work/long.pcap" 5000 3
"$PROBEVUE" -r "$work/long.pcap" scripts/handshake_time.e >"$work/one"
export STATES=$work/killed
JOBS=2 "$tool" scripts/handshake_time.e 16 "$work/long.pcap" >"$work/merged" 2>"$work/err" &
engine=$!
wait_for 30 process_of "--shard 7/16 --state-out $STATES" && kill -KILL "$process" && ok || bad "no process to kill"
wait "$engine" && bad "it went on without the killed one"
[[ ! -s $work/merged ]] && grep -q 'the same command goes on' "$work/err" && ok || bad "when one is killed: $(<"$work/err")"
[[ ! -e $STATES/7.pvs && -e $STATES/1.pvs && ! -e $STATES/16.pvs ]] && ok || bad "states: $(ls "$STATES")"
before=$(stat -c %y "$STATES/1.pvs")
"$tool" scripts/handshake_time.e 16 "$work/long.pcap" >"$work/merged"
same "after one was killed" "$work/one" "$work/merged"
[[ $(stat -c %y "$STATES/1.pvs") == "$before" ]] && ok || bad "a state that was there is gathered again"

# GNU parallel itself is killed.
export STATES=$work/engine
setsid "$tool" scripts/handshake_time.e 16 "$work/long.pcap" >"$work/merged" 2>/dev/null &
engine=$!
wait_for 30 test -e "$STATES/3.pvs"
kill -KILL -- "-$engine"
wait "$engine"
"$tool" scripts/handshake_time.e 16 "$work/long.pcap" >"$work/merged"
same "after all were killed" "$work/one" "$work/merged"

conclude
