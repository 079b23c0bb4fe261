#!/usr/bin/env bash
# What a process keeps while it runs, as /proc tells of it and of each of its threads: replays, states that come by pipes, the
# language server, the session; as root, as root behind sudo, and as anybody. A call that nothing needs ends it.
set -uo pipefail
cd "$(dirname "$0")/../.."
: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
. tests/tally.sh
export LC_ALL=C TZ=UTC NO_COLOR=1
unset SUDO_UID SUDO_GID
web=$PWD/tests/data/web.pcap

work=$(mktemp -d)
started=()
finish() {
    local id
    for id in "${started[@]}"; do kill "$id" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"

until_true() { # until_true COMMAND...: waits for it, a minute at most
    local end=$((SECONDS + 60))
    until "$@" 2>/dev/null; do
        ((SECONDS < end)) || return 1
        sleep 0.05 # between two looks
    done
}
# of ID FIELD: that field of all threads, each value once
of() { cat /proc/"$1"/task/*/status | awk -v field="$2:" '$1 == field { $1 = ""; print }' | sort -u | sed 's/^ //' | paste -sd'|'; }
none=0000000000000000
# sanitizers go without the filter, and are known by the calls that they bring along
filter=2
! grep -aq __asan_init "$PROBEVUE" || filter=0

# bare WHAT ID UID GID: no privilege of any kind
bare() {
    is "$1: user" "$3 $3 $3 $3" "$(of "$2" Uid)"
    is "$1: group" "$4 $4 $4 $4" "$(of "$2" Gid)"
    local set
    for set in CapInh CapPrm CapEff CapAmb; do is "$1: $set" $none "$(of "$2" $set)"; done
    is "$1: gains none" 1 "$(of "$2" NoNewPrivs)"
    is "$1: calls are filtered" $filter "$(of "$2" Seccomp)"
}

# A replay that goes on until the test lets it: the capture comes through a pipe that stays open.
# replay NAME COMMAND...: its id is in $id; it has shown its first packet when this returns
replay() {
    local name=$1
    shift
    rm -f "$work/$name.pipe"
    mkfifo "$work/$name.pipe"
    "$@" -r - -e '@@BEGIN { printf("ready\n"); } @@net:bpf:::"" { n++; if (n == 1) printf("first\n"); } @@END { printf("%d\n", n); }' \
        <"$work/$name.pipe" >"$work/$name.out" 2>"$work/$name.err" &
    id=$!
    started+=("$id")
    exec 7>"$work/$name.pipe"
    cat "$web" >&7
    until_true grep -q ready "$work/$name.out" || { bad "$name did not start: $(<"$work/$name.err")"; return 1; }
}
# end_replay NAME: as many packets as the file has
end_replay() {
    exec 7>&-
    wait "$id"
    is "$1: exit status" 0 $?
    is "$1: what it prints" "ready first $packets" "$(paste -sd' ' "$work/$1.out")"
    is "$1: messages" "" "$(<"$work/$1.err")"
}
packets=$(python3 - "$web" <<'PY'
import struct, sys
data = open(sys.argv[1], "rb").read()
at, count = 24, 0
while at < len(data):
    at += 16 + struct.unpack("<I", data[at + 8:at + 12])[0]
    count += 1
print(count)
PY
)

me=$(id -u) group=$(id -g)
if ((EUID == 0)); then me=65534 group=65534; fi
if replay plain "$PROBEVUE"; then
    bare "a replay" "$id" $me $group
    ((EUID != 0)) || is "a replay: bounding set" $none "$(of "$id" CapBnd)"
    ((EUID != 0)) || is "a replay: groups" "" "$(of "$id" Groups)"
    end_replay plain
fi
if ((EUID == 0)); then
    if replay sudo env SUDO_UID=1234 SUDO_GID=4321 "$PROBEVUE"; then
        bare "behind sudo" "$id" 1234 4321
        end_replay sudo
    fi
    if command -v setpriv >/dev/null && setpriv --reuid 65534 --clear-groups --inh-caps +net_raw --ambient-caps +net_raw test -x "$PROBEVUE" 2>/dev/null; then
        if replay capable setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +net_raw --ambient-caps +net_raw "$PROBEVUE"; then
            bare "with a capability and no more" "$id" 65534 65534
            end_replay capable
        fi
    fi
    # What root alone can read is open by then, also on threads, which read it by themselves.
    cp "$web" "$work/root.pcap"
    chmod 600 "$work/root.pcap"
    for threads in 1 4; do
        got=$("$PROBEVUE" -j $threads -r "$work/root.pcap" -e '@@net:bpf:::"" { n++; } @@END { printf("%d\n", n); }' 2>&1)
        is "a capture of root's on $threads threads" "$packets" "$got"
    done
    # Where files are made later root stays, with what that takes.
    mkdir "$work/roots"
    chmod 700 "$work/roots"
    if replay rotating "$PROBEVUE" -w "$work/roots/part" -G 3600; then
        is "files that come later: user" "0 0 0 0" "$(of "$id" Uid)"
        is "files that come later: CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER" 000000000000000b "$(of "$id" CapPrm)"
        is "files that come later: calls are filtered" $filter "$(of "$id" Seccomp)"
        end_replay rotating
        is "files that come later are there" yes "$([[ -s $work/roots/part ]] && echo yes)"
    fi
    # Behind sudo, in a directory of the user who called it, that user makes them.
    mkdir "$work/own"
    chown 1234:4321 "$work/own"
    if replay own env SUDO_UID=1234 SUDO_GID=4321 "$PROBEVUE" -w "$work/own/part" -C 1k; then
        bare "files in a directory of one's own" "$id" 1234 4321
        end_replay own
        is "files in a directory of one's own: more than one" yes "$( (($(ls "$work/own" | wc -l) > 1)) && echo yes)"
        is "files in a directory of one's own: whose" "1234:4321" "$(stat -c %u:%g "$work/own"/part* | sort -u)"
    fi
    # Which must be one that the user gets to.
    mkdir -p "$work/roots/below"
    chown 1234:4321 "$work/roots/below"
    if replay below env SUDO_UID=1234 SUDO_GID=4321 "$PROBEVUE" -w "$work/roots/below/part" -C 1k; then
        is "files in a directory that one does not get to: user" "0 0 0 0" "$(of "$id" Uid)"
        end_replay below
    fi
fi

# The rest of what runs without probes.
mkfifo "$work/lsp.pipe"
"$PROBEVUE" --lsp <"$work/lsp.pipe" >"$work/lsp.out" 2>&1 &
id=$!
started+=("$id")
exec 8>"$work/lsp.pipe"
request='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}'
printf 'Content-Length: %d\r\n\r\n%s' ${#request} "$request" >&8
until_true grep -q jsonrpc "$work/lsp.out"
is "the language server gains none" 1 "$(of "$id" NoNewPrivs)"
is "the language server: calls are filtered" $filter "$(of "$id" Seccomp)"
((EUID != 0)) || is "the language server: rights to files" 000000000000000f "$(of "$id" CapPrm)"
exec 8>&-
wait "$id"

# --- a call that nothing needs -----------------------------------------------------------------------------------------
compiler=$(command -v cc || command -v gcc || command -v clang)
if [[ -n $compiler && $filter == 2 ]]; then
    # As if somebody had taken over the process by what it reads: once it is under the filter, its next write runs a program.
    cat >"$work/taken.c" <<'C'
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
ssize_t write(int fd, const void *bytes, size_t size) {
    char *program[] = {"/bin/sh", "-c", "echo taken over", 0};
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2) execve(program[0], program, 0);
    return syscall(SYS_write, fd, bytes, size);
}
ssize_t writev(int fd, const void *parts, int count) {
    write(fd, "", 0);
    return syscall(SYS_writev, fd, parts, count);
}
C
    if "$compiler" -shared -fPIC -o "$work/taken.so" "$work/taken.c"; then
        LD_PRELOAD=$work/taken.so "$PROBEVUE" -r "$web" -e '@@net:bpf:::"" { n++; } @@END { printf("%d\n", n); }' >"$work/out" 2>"$work/err"
        is "a program that is run: exit status" 1 $?
        is "a program that is run: nothing comes of it" "" "$(<"$work/out")"
        if grep -q 'error: the system call number [0-9]* was refused' "$work/err"; then ok; else bad "a program that is run: $(<"$work/err")"; fi
    else
        bad "the library cannot be made"
    fi
fi
conclude
