#!/usr/bin/env bash
# Replays captures on a cluster: an array job of Slurm gathers states, a second job puts them together when all are there.
# When something failed, the same command submits what is missing.
# usage: slurm.sh SCRIPT SHARDS CAPTURE... [-- ARGUMENTS]
#     SHARDS is a number: each process reads all captures and takes its part of them, for scripts of each class but serial;
#     or `files`: each process reads one capture, so that each is read once, for scripts of the class free;
#     those of one `--split` for window and flow too (shard-0001-of-0064.pcapng and so on).
#     `probevue -r /dev/null -d merge SCRIPT` tells the class. Captures, script and states lie where all nodes see them.
# environment: PROBEVUE  the program, on all nodes (probevue)
#              FLAGS     further flags for it, such as '-I types.h --format json'
#              STATES    folder of the states, logs and the answer (SCRIPT.states)
#              WAIT      not empty: waits for the answer and prints it
#              SBATCH_PARTITION, SBATCH_TIMELIMIT, SBATCH_MEM_PER_CPU, ...  as for each sbatch
set -euo pipefail

fail() { echo "slurm.sh: $*" >&2; exit 2; }
(($# >= 3)) || fail "usage: slurm.sh SCRIPT SHARDS CAPTURE... [-- ARGUMENTS]"
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

# The job of a part: a state gets its name when it is whole, and a process that a signal ended is run again.
quoted() { printf '%q ' "$@"; }
job() {
    printf '#!/bin/bash\nk=$SLURM_ARRAY_TASK_ID new=.$SLURM_ARRAY_TASK_ID.$SLURM_JOB_ID.$SLURMD_NODENAME\n'
    printf 'captures=(%s)\n' "$(quoted "${captures[@]}")"
    if [[ $shards == files ]]; then echo 'part=(-r "${captures[k - 1]}")'; else
        printf 'part=(--shard "$k/%s")\nfor capture in "${captures[@]}"; do part+=(-r "$capture"); done\n' "$shards"
    fi
    printf 'for try in 1 2 3; do\n    %s -q info=none "${part[@]}" --state-out %q/"$new" %s' "$(quoted "${probevue[@]}")" "$states" "$(quoted "$script" "$@")"
    printf '&& exec mv %q/"$new" %q/"$k.pvs"\n    status=$?\n    ((status > 128)) || break\ndone\nrm -f %q/"$new"\nexit $status\n' "$states" "$states" "$states"
    stat -L -c '# %n: %s bytes of %y' -- "${captures[@]}"
}
merge() {
    printf '#!/bin/bash\n%s --merge %q/"*.pvs" -o %q/answer.new %s' "$(quoted "${probevue[@]}")" "$states" "$states" "$(quoted "$script" "$@")"
    printf '&& exec mv %q/answer.new %q/answer\n' "$states" "$states"
}

text=$(job "$@")
mkdir -p "$states"
[[ ! -e $states/job ]] || [[ $(<"$states/job") == "$text" ]] ||
    fail "$states has the states of something else ($states/job): remove the folder, or name another one in STATES"
printf '%s\n' "$text" >"$states/job"
merge "$@" >"$states/merge"
rm -f "$states/answer"

missing=() after=()
[[ $shards != files ]] || shards=${#captures[@]}
for ((k = 1; k <= shards; ++k)); do [[ -e $states/$k.pvs ]] || missing+=("$k"); done
[[ ${#missing[@]} != "$shards" ]] || missing=("1-$shards") # short
if ((${#missing[@]} > 0)); then
    id=$(IFS=, && sbatch --parsable --requeue --open-mode=append --array="${missing[*]}" --job-name=probevue --output="$states/log.%a" "$states/job")
    after=(--dependency="afterok:${id%%;*}" --kill-on-invalid-dep=yes)
    echo "slurm.sh: job ${id%%;*} gathers ${missing[*]} of $shards" >&2
fi
sbatch --quiet --requeue ${after[@]+"${after[@]}"} ${WAIT:+--wait} --job-name=probevue-merge --output="$states/log" "$states/merge" || true
if [[ -z ${WAIT:-} ]]; then
    echo "slurm.sh: the answer will be in $states/answer" >&2
elif [[ -e $states/answer ]]; then
    cat "$states/answer"
else
    tail -qn 5 "$states"/log* >&2
    echo "slurm.sh: there is no answer, what is gathered lies in $states: the same command goes on" >&2
    exit 1
fi
