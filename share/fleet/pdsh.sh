#!/usr/bin/env bash
# Asks the captures that lie on many hosts: each gathers the state of its own, pdsh fetches them, and the answer is printed here.
# usage: pdsh.sh HOSTS SCRIPT CAPTURE [-- ARGUMENTS]
#     HOSTS is what pdsh -w takes, such as 'h[1-8]'. SCRIPT lies here, a file or a name. CAPTURE is the file on each host; %h in
#     it is the name of the host. For scripts of the classes free and window: `probevue -r /dev/null -d merge SCRIPT` tells it.
# environment: PROBEVUE  the program, here and on the hosts (probevue)
#              FLAGS     further flags for it, such as '-n --format json'
#              REACH     what runs a command on the host %h (ssh -x %h)
#              STATES    folder that keeps the states (they are removed if not given)
set -euo pipefail

fail() { echo "pdsh.sh: $*" >&2; exit 2; }
(($# >= 3)) || fail "usage: pdsh.sh HOSTS SCRIPT CAPTURE [-- ARGUMENTS]"
hosts=$1 script=$2 capture=$3
shift 3
[[ ${1:---} == -- ]] || fail "one CAPTURE, the same on each host or with %h in it; arguments stand behind --"
(($# == 0)) || shift
read -ra flags <<<"${FLAGS:-}"
probevue=("${PROBEVUE:-probevue}" ${flags[@]+"${flags[@]}"})
read -ra reach <<<"${REACH:-ssh -x %h}"

# What cannot be gathered by hosts is an error before anything runs.
class=$("${probevue[@]}" -r /dev/null -d merge "$script" "$@" | grep '^script: ') || fail "$script: no class (probevue -d merge)"
case $class in
    "script: serial"*) fail "$script cannot be split, one process answers it: ${class#script: }" ;;
    "script: free"* | "script: window"*) ;;
    *) fail "$script wants all captures in each process, not one on each host: ${class#script: }" ;;
esac

states=${STATES:-$(mktemp -d)}
[[ -n ${STATES:-} ]] || trap 'rm -rf "$states"' EXIT
mkdir -p "$states"
! compgen -G "$states/*.pvs" >/dev/null || fail "$states has states already: remove the folder, or name another one in STATES"

# What runs on a host, read by its shell from standard input: the script goes along.
quoted() { for word in "$@"; do printf "'%s' " "${word//\'/\'\\\'\'}"; done; }
if [[ -e $script ]]; then cp -- "$script" "$states/script"; else "${probevue[@]}" --show "$script" >"$states/script"; fi
[[ -z $(tail -c 1 "$states/script") ]] || echo >>"$states/script" # on the hosts it ends with a line too
! grep -qx 'end of the script' "$states/script" || fail "$script has a line \`end of the script\`"
{
    capture=$(quoted "$capture")
    printf "exec %s-q info=none -r %s--state-out - - %s<<'end of the script'\n" "$(quoted "${probevue[@]}")" "${capture//%h/\'\"\$1\"\'}" "$(quoted "$@")"
    cat "$states/script"
    echo 'end of the script'
} >"$states/job"
cat >"$states/fetch" <<'end'
host=$1 states=${0%/*}
shift
for try in 1 2 3; do # of what a signal ended, or ssh could not reach
    "$@" sh -s "$host" <"$states/job" >"$states/.$host" && exec mv "$states/.$host" "$states/$host.pvs"
    status=$?
    ((status > 128)) || break
done
rm -f "$states/.$host"
exit $status
end

if ! pdsh -S -R exec -w "$hosts" "$BASH" "${states//%/%%}/fetch" %h "${reach[@]}" >&2; then
    echo "pdsh.sh: there is no answer: not all hosts have gathered" >&2
    exit 1
fi
"${probevue[@]}" --merge "$states/*.pvs" "$states/script" "$@"
