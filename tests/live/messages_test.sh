#!/usr/bin/env bash
# What is said, word for word, where a live session lacks something: privileges, type information, hooks, functions,
# processors, interfaces. What single system calls refuse is in refusals_test.cpp, what flags and files do in
# tests/diff/messages_test.sh.
source "$(dirname "$0")/network.sh"

# contains WHAT TEXT...: each stands in $said as it is
contains() {
    local what=$1 text
    shift
    for text in "$@"; do
        if grep -qF -- "$text" <<<"$said"; then passed=$((passed + 1)); else fail "$what: no \`$text\` in: $said"; fi
    done
}

# says STATUS MESSAGE HINT COMMAND...
says() {
    local want=$1 message=$2 hint=$3 got
    shift 3
    said=$(timeout 30 "$@" 2>&1 </dev/null)
    got=$?
    same "$message: exit status" "$want" "$got"
    contains "$message" "$message" "$hint"
}

event='@@net:tcp:state_change { exit(); }'
nobody=(setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all)
can_be_nobody=0
"${nobody[@]}" test -x "$PROBEVUE" 2>/dev/null && can_be_nobody=1

# --- privileges -----------------------------------------------------------------------------------------------------

if ((can_be_nobody)); then
    says 3 'events of the kernel may not be traced: missing CAP_BPF, CAP_PERFMON' \
        'hint: run it with sudo, or give the program the capabilities: sudo setcap cap_bpf,cap_perfmon,cap_net_admin,cap_net_raw+ep PROGRAM' \
        "${nobody[@]}" "$PROBEVUE" -e "$event"
    says 3 'packets of `lo` may not be seen: the CAP_NET_RAW capability is missing' \
        'hint: run it with sudo, or give the program the capability: sudo setcap cap_net_raw+ep PROGRAM' \
        "${nobody[@]}" "$PROBEVUE" -e '@@net:bpf:lo:udp:"" { exit(); }'
    # In a session the clause is kept, and can be run over a capture.
    said=$(printf '%s\n' '@@net:bpf:lo:udp:"" { n++; }' '.show' | timeout 60 "${nobody[@]}" "$PROBEVUE" -i 2>&1)
    contains "a session without privileges" 'error: the clause is kept but not live: ' '`.read FILE` runs it over a capture, `.resume` tries again' '     not live: '
else
    echo "another user cannot run $PROBEVUE: what it may not do was left out"
fi

# --- what a kernel, or its files, may lack ----------------------------------------------------------------------------

# hidden FOLDER COMMAND...: the command where the folder is empty
hidden() { unshare --mount sh -c 'mount -t tmpfs none "$1" && shift && exec "$@"' sh "$@"; }
if hidden /sys/kernel/btf true 2>/dev/null && [[ $("$PROBEVUE" -l '@@net:tcp:state_change' -v) == *"through tracepoint"* ]]; then
    says 3 '@@net:tcp:state_change cannot be had on this kernel: tracepoint: the kernel has no type information (/sys/kernel/btf/vmlinux)' \
        'hint: `probevue -l -v` lists the hooks that this kernel has' \
        unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$@"' sh "$PROBEVUE" -e "$event"
    said=$(hidden /sys/kernel/btf "$PROBEVUE" -l '@@net:tcp:state_change' -v 2>&1)
    contains "-l without type information" 'through nothing: the running kernel has no type information: /sys/kernel/btf/vmlinux cannot be read' 'built-ins there:'
    says 3 'uprobe: the kernel has no uprobes' 'hint: `probevue -l -v` lists the hooks that this kernel has' \
        unshare --mount sh -c 'mount -t tmpfs none /sys/bus/event_source/devices && exec "$@"' sh "$PROBEVUE" -e '@@uft:*:libc.so.6:getppid:entry { exit(); }'
    # A refusal for want of permission says that the kernel is locked down; the file is one of the test's own.
    if [[ -d /sys/kernel/security ]]; then
        said=$(unshare --mount sh -c 'mount --bind "$1" /sys/kernel/security && shift && exec "$@"' sh \
            "$(mkdir -p "$work/security" && echo 'none [integrity] confidentiality' >"$work/security/lockdown" && echo "$work/security")" \
            "$PROBEVUE" --hook fentry -e '@@net:tcp:send_buf_full { exit(); }' 2>&1)
        [[ $said != *"Operation not permitted"* ]] || contains "lockdown" 'Operation not permitted (the kernel is locked down: integrity)'
    fi
fi

# Where no cgroup file system is in sight, who may not mount it is told so.
some=(setpriv --reuid 65534 --clear-groups --inh-caps +bpf,+perfmon,+net_admin --ambient-caps +bpf,+perfmon,+net_admin)
if ((can_be_nobody)) && [[ $("$PROBEVUE" -l '@@net:tcp:listen_q_full' -v) == *"through cgroup"* ]]; then
    says 3 'nothing of the unified cgroup hierarchy is mounted here (`ip netns exec` hides it), and to mount it was refused: ' \
        'run it as root, or `mount -t cgroup2 none /sys/fs/cgroup` first' \
        unshare --mount sh -c 'awk "\$3 == \"cgroup2\" { print \$2 }" /proc/self/mounts | xargs -r umount -l && exec "$@"' sh \
        "${some[@]}" "$PROBEVUE" --hook cgroup -e '@@net:tcp:listen_q_full { exit(); }'
fi

# --- functions of programs, processors --------------------------------------------------------------------------------

if "$PROBEVUE" -l -v '@@uft' 2>&1 | grep -q 'through'; then
    at='@@uft:*:libc.so.6'
    says 2 'there is no library `libnothing.so`' 'hint: `ldconfig -p` lists those of the system' "$PROBEVUE" -e '@@uft:*:libnothing.so:x:entry { exit(); }'
    says 2 '/(/ is no regular expression: ' 'hint: see regex(7)' "$PROBEVUE" -e "$at:\"/(/\":entry { exit(); }"
    says 2 ' functions match /./, at most 1000 can be probed' 'hint: write a narrower expression, or name the module' "$PROBEVUE" -e "$at:\"/./\":entry { exit(); }"
    says 2 'no function of `libc.so.6` matches /^nothing_like_it$/' '' "$PROBEVUE" -e "$at:\"/^nothing_like_it\$/\":entry { exit(); }"
    says 2 'no function of `perl` and its libraries matches /^nothing_like_it$/' '' "$PROBEVUE" -e "@@uft:$(command -v perl):*:\"/^nothing_like_it\$/\":entry { exit(); }"
    says 2 '`libc.so.6` has no function `nothing_like_it_at_all`' 'hint: its symbols may have been stripped: `nm -D FILE` shows what is left' \
        "$PROBEVUE" -e "$at:nothing_like_it_at_all:entry { exit(); }"
    says 2 '`strlen` of `libc.so.6` is chosen when the program starts and has no place of its own' \
        'hint: probe those that are chosen from, such as "/^__strlen_/", where their symbols are kept' "$PROBEVUE" -e "$at:strlen:entry { exit(); }"
    says 2 'it is not known in which program or library to look for the function' \
        'hint: name a program or a process in the second field, or a library in the third' "$PROBEVUE" -e '@@uft:*:*:main:entry { exit(); }'
    # A thread of the kernel has no memory of its own; another user's process is not to be looked at.
    thread=$(pgrep -x kthreadd)
    [[ -z $thread ]] || says 3 "the memory of process $thread cannot be looked at" 'hint: it is a thread of the kernel, or has ended' \
        "$PROBEVUE" -e "@@uft:$thread:*:x:entry { exit(); }"
fi
if "$PROBEVUE" -l -v '@@interval' 2>&1 | grep -q 'through'; then
    says 2 'there is no processor 8000, or it is not online' 'hint: /sys/devices/system/cpu/online says which are' \
        "$PROBEVUE" -e '@@interval:*:clock:100:8000 { exit(); }'
fi

# --- netmasks -----------------------------------------------------------------------------------------------------------

says 2 'the filter cannot be used on link type ' 'hint: `any` is many networks: name an interface whose netmask is meant, or ' \
    "$PROBEVUE" -e '@@net:bpf:any:*:"ip broadcast" { exit(); }'
says 2 'the filter cannot be used on link type ' 'hint: `lo` has no IPv4 address: name the broadcast address instead' \
    unshare --net sh -c 'ip link set lo up && ip address flush dev lo && exec "$@"' sh "$PROBEVUE" -e '@@net:bpf:lo:*:"ip broadcast" { exit(); }'

# --- interfaces -----------------------------------------------------------------------------------------------------

ip link set near down
says 1 'the interface `near` is down' 'hint: ip link set near up' "$PROBEVUE" -e '@@net:bpf:near:tcp:"port 80" { exit(); }'
ip link set near up
# Of a session, the last probe that could fire.
mkfifo "$work/entries"
"$PROBEVUE" -i <"$work/entries" >"$work/session.out" 2>&1 &
session=$!
started+=("$session")
exec 8>"$work/entries"
echo '@@net:bpf:near:udp:"dst port 5000" { n++; }' >&8
is_live() { grep -q ' 0003 ' /proc/net/packet; }
until_true 20 is_live || fail "a session: the clause is not live"
start gone -e '@@BEGIN { printf("ready\n"); } @@net:bpf:near|lo:udp:"dst port 5000" { n++; }'
ip link delete near
until_true 20 test -s "$work/gone.err" || fail "gone: nothing is said"
stop "$id"
said=$(<"$work/gone.err")
contains "an interface that goes away" 'the interface is no longer traced'
until_true 20 grep -q resume "$work/session.out" || fail "a session: nothing is said"
said=$(<"$work/session.out")
contains "an interface of a session that goes away" 'no probe is left that could fire, .resume attaches again'
exec 8>&-
wait "$session"
conclude
