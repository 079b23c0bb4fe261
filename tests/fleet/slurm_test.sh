#!/usr/bin/env bash
# share/fleet/slurm.sh on a cluster of four nodes, which are all this machine: the answer of one process, or an error; also when a
# process, and a node with all that runs on it, was killed.
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/fleet/engine.sh
PATH=$PATH:/usr/sbin:/sbin
needs munged munge
for program in slurmctld slurmd sbatch; do needs "$program" slurm-wlm; done
[[ $(id -u) == 0 ]] || { echo "skipped: slurmd starts the jobs of a user as root"; exit 77; }
work=$(mktemp -d)
tool=$PWD/share/fleet/slurm.sh
daemons=()
finish() {
    squeue -h -o %A 2>/dev/null | sort -u | xargs -r scancel 2>/dev/null
    ((${#daemons[@]} == 0)) || kill "${daemons[@]}" 2>/dev/null
    wait
    rm -rf "$work"
}
trap finish EXIT

# --- the cluster ---

chmod 755 "$work"
mkdir -m 755 "$work/munge" "$work/state" "$work/spool"
(umask 077 && head -c 1024 /dev/urandom >"$work/key")
munged --foreground --force --num-threads=2 --socket="$work/munge/socket" --key-file="$work/key" --pid-file="$work/munge/pid" \
    --log-file="$work/munge/log" --seed-file="$work/munge/seed" 2>"$work/munge/err" &
daemons+=($!)
mapfile -t ports < <(python3 -c '
import socket
free = [socket.socket() for _ in range(5)]
for one in free:
    one.bind(("127.0.0.1", 0))
    print(one.getsockname()[1])')
host=$(hostname -s)
{
    echo "ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$work/state
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.%n.pid
SlurmdSpoolDir=$work/spool/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
CommunicationParameters=NoInAddrAny
ReturnToService=2
SlurmdTimeout=5
KillWait=1
MinJobAge=300
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
PartitionName=all Nodes=ALL Default=YES State=UP"
    for node in 1 2 3 4; do echo "NodeName=n$node NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[node]} CPUs=2"; done
} >"$work/slurm.conf"
echo 'CgroupPlugin=cgroup/v1' >"$work/cgroup.conf" # it is loaded, whether used or not, and this one wants nothing of the system
export SLURM_CONF=$work/slurm.conf
wait_for 10 test -S "$work/munge/socket" || { cat "$work/munge/err"; exit 1; }
slurmctld -D -i >"$work/slurmctld.log" 2>&1 &
daemons+=($!)
nodes=()
# node N: starts it
node() {
    mkdir -p "$work/spool/n$1"
    slurmd -D -N "n$1" >>"$work/slurmd.$1.log" 2>&1 &
    nodes[$1]=$!
    daemons+=($!)
}
for number in 1 2 3 4; do node "$number"; done
idle() { [[ $(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l) == "$1" ]]; }
wait_for 15 idle 4 || { sinfo; for log in "$work"/*.log; do tail -n 20 "$log"; done; exit 1; }

# --- every bundled script: all are submitted, then the answers are compared ---

waiting=()
replays() { replay_of "scripts/$1.e" && longer; }
equal=0 refused=0
for script in scripts/*.e; do
    name=$(basename "$script" .e)
    replays "$name" || continue
    if STATES=$work/$name timeout 60 "$tool" "$script" 8 "$capture" -- "${arguments[@]}" >"$work/out" 2>"$work/err"; then
        waiting+=("$name")
    elif grep -qE 'cannot be split, one process answers it: serial: at [0-9]+:[0-9]+ ' "$work/err" && [[ ! -s $work/out ]]; then
        refused=$((refused + 1))
    else
        bad "$script: $(head -5 "$work/err")"
    fi
done
nothing_queued() { [[ -z $(squeue -h) ]]; }
wait_for 900 nothing_queued || bad "jobs are left: $(squeue)"
for name in "${waiting[@]}"; do
    replays "$name"
    "$PROBEVUE" -r "$capture" "scripts/$name.e" "${arguments[@]}" >"$work/one" 2>/dev/null
    if [[ -e $work/$name/answer ]]; then same "$name" "$work/one" "$work/$name/answer"; else bad "$name: $(tail -qn 3 "$work/$name"/log*)"; fi
    equal=$((equal + 1))
done
echo "$equal scripts are equal, $refused are refused"
((equal > 30 && refused > 5)) && ok || bad "too few"

# --- files, each read once; flags; what is there is not gathered again ---

captures=(tests/data/{dns,telnet,web}.pcap)
export WAIT=1 STATES="$work/a folder"
FLAGS='--format json' "$tool" scripts/top_talkers.e files "${captures[@]}" >"$work/merged" 2>"$work/err"
"$PROBEVUE" --format json -r "${captures[0]}" -r "${captures[1]}" -r "${captures[2]}" scripts/top_talkers.e >"$work/one"
same "files" "$work/one" "$work/merged"
files_of_split
rm "$STATES/2.pvs"
FLAGS='--format json' "$tool" scripts/top_talkers.e files "${captures[@]}" >"$work/merged" 2>"$work/err"
same "one is missing" "$work/one" "$work/merged"
grep -q 'gathers 2 of 3$' "$work/err" && ok || bad "one is missing: $(<"$work/err")"

# A capture that is damaged: no answer, and the other states stay.
head -c 4000 tests/data/web.pcap >"$work/cut.pcap"
STATES=$work/cut "$tool" scripts/top_talkers.e files tests/data/dns.pcap "$work/cut.pcap" >"$work/merged" 2>"$work/err"
[[ $? == 1 && ! -s $work/merged && -e $work/cut/1.pvs && ! -e $work/cut/2.pvs ]] && grep -q 'cut off in the middle of a packet' "$work/err" && ok ||
    bad "a damaged capture: $(ls "$work/cut"; cat "$work/err")"

# --- a process is killed, then a node ---

tests/data/repeat_capture.py tests/data/web.pcap "$work/long.pcap" 20000 3
"$PROBEVUE" -r "$work/long.pcap" scripts/handshake_time.e >"$work/one"
parent_of() { ps -o ppid= -p "$1" | tr -d ' '; }

STATES=$work/killed "$tool" scripts/handshake_time.e 16 "$work/long.pcap" >"$work/merged" 2>"$work/err" &
engine=$!
wait_for 30 process_of "--state-out $work/killed/.3\\." && kill -KILL "$process" && ok || bad "no process to kill"
wait "$engine"
same "a process was killed" "$work/one" "$work/merged"

STATES=$work/node "$tool" scripts/handshake_time.e 16 "$work/long.pcap" >"$work/merged" 2>"$work/err" &
engine=$!
if wait_for 30 process_of "--state-out $work/node/.4\\."; then
    name=$(tr '\0' '\n' <"/proc/$process/environ" | sed -n 's/^SLURMD_NODENAME=n//p')
    shell=$(parent_of "$process")
    kill -KILL "${nodes[name]}" "$(parent_of "$shell")" "$shell" "$process"
    ok
else
    bad "no node to kill"
fi
wait "$engine"
same "a node was killed" "$work/one" "$work/merged"
[[ $(scontrol -o show job | grep -c 'Restarts=[1-9]') -gt 0 ]] && ok || bad "no job was queued again"

conclude
