#!/usr/bin/env bash
# Replays captures on all cores of one machine: GNU parallel gathers states, probevue puts them together and prints the answer.
# When it was interrupted, the same command goes on where it stopped.
# usage: parallel.sh SCRIPT SHARDS CAPTURE... [-- ARGUMENTS]
#     SHARDS is a number: each process reads all captures and takes its part of them, for scripts of each class but serial;
#     or `files`: each process reads one capture, so that each is read once, for scripts of the class free;
#     those of one `--split` for window and flow too (shard-0001-of-0064.pcapng and so on).
#     `probevue -r /dev/null -d merge SCRIPT` tells the class.
# environment: PROBEVUE  the program (probevue)
#              FLAGS     further flags for it, such as '-I types.h --format json'
#              JOBS      how many processes at once (as many as there are cores)
#              STATES    folder of the states (SCRIPT.states)
set -euo pipefail

fail() { echo "parallel.sh: $*" >&2; exit 2; }
(($# >= 3)) || fail "usage: parallel.sh SCRIPT SHARDS CAPTURE... [-- ARGUMENTS]"
script=$1 shards=$2 captures=()
shift 2
while (($# > 0)) && [[ $1 != -- ]]; do captures+=("$1"); shift; done
(($# == 0)) || shift
[[ $shards == files || $shards =~ ^[1-9][0-9]{0,4}$ ]] || fail "SHARDS is a number or \`files\`, not \`$shards\`"
((${#captures[@]} > 0)) || fail "no capture is named"
read -ra flags <<<"${FLAGS:-}"
probevue=("${PROBEVUE:-probevue}" ${flags[@]+"${flags[@]}"})
states=${STATES:-$(basename "$script" .e).states}

# What cannot be split is an error before anything runs.
class=$("${probevue[@]}" -r /dev/null -d merge "$script" "$@" | grep '^script: ') || fail "$script: no class (probevue -d merge)"
cut=split
for capture in "${captures[@]}"; do [[ ${capture##*/} == shard-*-of-*.pcapng ]] || cut=; done
case $class,$shards$cut in
    "script: serial"*) fail "$script cannot be split, one process answers it: ${class#script: }" ;;
    "script: free"*,files* | "script: window"*,filessplit | "script: flow"*,filessplit | *,[1-9]*) ;;
    *) fail "$script wants all captures in each process, a number of SHARDS: ${class#script: }" ;;
esac

# What a process does for its part $1, as a program of the shell; what it reads, so that it is the same when it goes on.
quoted() { printf '%q ' "$@"; }
job() {
    quoted exec "${probevue[@]}" -q info=none
    if [[ $shards == files ]]; then printf -- '-r "$1" --state-out "$2" '; else
        for capture in "${captures[@]}"; do quoted -r "$capture"; done
        printf -- '--shard "$1" --state-out "$2" '
    fi
    quoted "$script" "$@"
    echo
    stat -L -c '# %n: %s bytes of %y' -- "${captures[@]}"
}
parts() { if [[ $shards == files ]]; then printf '%s\n' "${captures[@]}"; else seq -f "%.0f/$shards" "$shards"; fi; }

text=$(job "$@")
mkdir -p "$states"
[[ ! -e $states/job ]] || [[ $(<"$states/job") == "$text" ]] ||
    fail "$states has the states of something else ($states/job): remove the folder, or name another one in STATES"
printf '%s\n' "$text" >"$states/job"

export SHELL=$BASH
resume=()
[[ ! -s $states/log ]] || resume=(--resume-failed)
if ! parts | parallel --will-cite --halt now,fail=1 --joblog "$states/log" ${resume[@]+"${resume[@]}"} ${JOBS:+--jobs "$JOBS"} \
    "$(quoted "$BASH" "$states/job") {} $(printf %q "$states")/{#}.pvs"; then
    echo "parallel.sh: stopped, what is gathered lies in $states: the same command goes on" >&2
    exit 1
fi
exec "${probevue[@]}" --merge "$states/*.pvs" "$script" "$@"
