#!/usr/bin/env bash
# share/fleet/dask_states.py on a scheduler and four workers on this machine: the answer of one process, or an error; also when a
# process, and a worker with all that runs on it, was killed.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/fleet/engine.sh
PATH=/usr/bin:$PATH # the Python that Debian's packages are for
for program in dask-scheduler dask-worker; do needs "$program" python3-distributed; done
work=$(mktemp -d)
tool=$PWD/share/fleet/dask_states.py
daemons=()
finish() {
    ((${#daemons[@]} == 0)) || kill "${daemons[@]}" 2>/dev/null
    wait
    rm -rf "$work"
}
trap finish EXIT

export SCHEDULER=$work/scheduler
dask-scheduler --host 127.0.0.1 --port 0 --no-dashboard --scheduler-file "$SCHEDULER" >"$work/scheduler.log" 2>&1 &
daemons+=($!)
wait_for 30 test -s "$SCHEDULER" || { cat "$work/scheduler.log"; exit 1; }
workers=()
for number in 1 2 3 4; do
    dask-worker --scheduler-file "$SCHEDULER" --host 127.0.0.1 --nthreads 1 --no-nanny --no-dashboard --local-directory "$work" \
        --name "w$number" >"$work/worker.$number.log" 2>&1 &
    workers[number]=$!
    daemons+=($!)
done

run() {
    local script=$1 capture=$2
    shift 2
    timeout 120 "$tool" "$script" 20 "$capture" -- "$@"
}
every_script run

captures=(tests/data/{dns,telnet,web}.pcap)
FLAGS='--format json' "$tool" scripts/top_talkers.e files "${captures[@]}" >"$work/merged"
"$PROBEVUE" --format json -r "${captures[0]}" -r "${captures[1]}" -r "${captures[2]}" scripts/top_talkers.e >"$work/one"
same "files" "$work/one" "$work/merged"
files_of_split
head -c 4000 tests/data/web.pcap >"$work/cut.pcap"
"$tool" scripts/top_talkers.e files tests/data/dns.pcap "$work/cut.pcap" >"$work/merged" 2>"$work/err"
[[ $? == 1 && ! -s $work/merged ]] && grep -q '^dask_states.py: .*cut.pcap: cut off in the middle of a packet' "$work/err" && ok ||
    bad "a damaged capture: $(cat "$work/merged" "$work/err")"

# A process is killed, then a worker with its process.
tests/data/repeat_capture.py tests/data/web.pcap "$work/long.pcap" 20000 3
"$PROBEVUE" -r "$work/long.pcap" scripts/handshake_time.e >"$work/one"
"$tool" scripts/handshake_time.e 20 "$work/long.pcap" >"$work/merged" 2>"$work/err" &
engine=$!
wait_for 30 process_of "$work/long.pcap --shard 3/20 " && kill -KILL "$process" && ok || bad "no process to kill"
wait "$engine"
same "a process was killed" "$work/one" "$work/merged"

"$tool" scripts/handshake_time.e 20 "$work/long.pcap" >"$work/merged" 2>"$work/err" &
engine=$!
if wait_for 30 process_of "$work/long.pcap --shard 4/20 "; then
    worker=$(ps -o ppid= -p "$process" | tr -d ' ')
    kill -KILL "$worker" "$process"
    [[ " ${workers[*]} " == *" $worker "* ]] && ok || bad "$worker is no worker"
else
    bad "no worker to kill"
fi
wait "$engine"
same "a worker was killed" "$work/one" "$work/merged"

conclude
