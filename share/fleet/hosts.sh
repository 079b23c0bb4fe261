#!/usr/bin/env bash
# Asks many hosts now: a session runs on each and tells what it has gathered, again and again; the answer over all of them is printed
# here, and who falls silent. It ends with Ctrl-C, or when all sessions have.
# usage: hosts.sh HOSTS SCRIPT [-- ARGUMENTS]
#     HOSTS is what pdsh -w takes, such as 'h[1-8]'. SCRIPT lies here, a file or a name. What its intervals and END print is printed
#     here: `probevue -r /dev/null -d merge SCRIPT` tells by the line `hosts:` whether that can be.
# environment: PROBEVUE  the program, here and on the hosts (probevue)
#              EVERY     how often they tell, and the answer so far is printed (10s)
#              FLAGS     further flags for the sessions, such as '-i eth0 --for 60s'
#              ANSWER    further flags for the answer, such as '--format json'
#              REACH     what runs a command on the host %h (ssh -x %h)
set -euo pipefail

fail() { echo "hosts.sh: $*" >&2; exit 2; }
(($# >= 2)) || fail "usage: hosts.sh HOSTS SCRIPT [-- ARGUMENTS]"
hosts=$1 script=$2
shift 2
[[ ${1:---} == -- ]] || fail "arguments of the script stand behind --"
(($# == 0)) || shift
read -ra flags <<<"${FLAGS:-}"
read -ra answer <<<"${ANSWER:-}"
read -ra reach <<<"${REACH:-ssh -x %h}"
probevue=${PROBEVUE:-probevue} every=${EVERY:-10s}

work=$(mktemp -d)
pdsh=
finish() {
    # Hosts that are still at it find nobody reading their next state, and end.
    [[ -z $pdsh ]] || kill "$pdsh" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap : INT # the answer is still to come

# What runs on a host, read by its shell from standard input: the script goes along.
quoted() { for word in "$@"; do printf "'%s' " "${word//\'/\'\\\'\'}"; done; }
if [[ -e $script ]]; then cp -- "$script" "$work/script"; else "$probevue" --show "$script" >"$work/script"; fi
[[ -z $(tail -c 1 "$work/script") ]] || echo >>"$work/script" # on the hosts it ends with a line too
! grep -qx 'end of the script' "$work/script" || fail "$script has a line \`end of the script\`"
{
    printf "exec %s- %s<<'end of the script'\n" "$(quoted "$probevue" ${flags[@]+"${flags[@]}"} -q info=none --every "$every" --state-out -)" "$(quoted "$@")"
    cat "$work/script"
    echo 'end of the script'
} >"$work/job"
cat >"$work/run" <<'end'
host=$1 work=${0%/*}
shift
exec "$@" sh <"$work/job" >"$work/$host"
end

# A pipe for each host; pdsh knows their names.
pdsh -R exec -w "$hosts" mkfifo "${work//%/%%}/%h" >&2 || fail "$hosts: no hosts"
pipes=()
for pipe in "$work"/*; do [[ ! -p $pipe ]] || pipes+=(--merge "$pipe"); done

setsid pdsh -S -R exec -f "${#pipes[@]}" -w "$hosts" "$BASH" "${work//%/%%}/run" %h "${reach[@]}" >&2 </dev/null &
pdsh=$!
"$probevue" --every "$every" ${answer[@]+"${answer[@]}"} "${pipes[@]}" "$work/script" "$@"
