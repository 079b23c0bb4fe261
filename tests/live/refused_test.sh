#!/usr/bin/env bash
# What a live session refuses: interfaces that do not exist or are down, and users who may not see packets. One message
# with what to do, the documented exit status, and no clause has run.
source "$(dirname "$0")/network.sh"

# refused NAME STATUS COMMAND...: runs it; what it says is in $said, one error in it
refused() {
    local name=$1 want=$2 printed got
    shift 2
    printed=$(timeout 20 "$@" 2>"$work/refused")
    got=$?
    said=$(cat "$work/refused")
    same "$name: exit status" "$want" "$got"
    same "$name: output" "" "$printed"
    same "$name: errors" 1 "$(grep -c 'error:' <<<"$said")"
}

begin='@@BEGIN { printf("begin\n"); }'

refused "no such interface" 2 "$PROBEVUE" -e "$begin"' @@net:bpf:nowhere0:tcp:"port 80" { exit(); }'
has "no such interface" 'no interface `nowhere0`' "$said"
has "no such interface: those there are" 'hint: .*near' "$said"
refused "one of two interfaces" 2 "$PROBEVUE" -e "$begin"' @@net:bpf:lo|nowhere0:tcp:"port 80" { exit(); }'
has "one of two interfaces" 'no interface `nowhere0`' "$said"

ip link set near down
refused "an interface that is down" 1 "$PROBEVUE" -e "$begin"' @@net:bpf:near:tcp:"port 80" { exit(); }'
has "an interface that is down" '`near` is down' "$said"
has "an interface that is down: what to do" 'ip link set near up' "$said"
ip link set near up

if setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all test -x "$PROBEVUE" 2>/dev/null; then
    nobody=(setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all)
    refused "not permitted" 3 "${nobody[@]}" "$PROBEVUE" -e "$begin"' @@net:bpf:lo:tcp:"port 80" { exit(); }'
    has "not permitted: what is missing" 'CAP_NET_RAW' "$said"
    has "not permitted: what to do" 'hint: .*(sudo|setcap)' "$said"
    printed=$("${nobody[@]}" "$PROBEVUE" -r tests/data/web.pcap scripts/top_talkers.e 2>&1)
    same "a replay without privileges: exit status" 0 $?
    same "a replay without privileges: output" "$(cat scripts/tests/top_talkers.out)" "$printed"
    printed=$("${nobody[@]}" "$PROBEVUE" -e '@@BEGIN { printf("begin\n"); exit(); }' 2>&1)
    same "no probe without privileges" "begin" "$printed"
    refused "an output file without permission" 2 "${nobody[@]}" "$PROBEVUE" -o "$work/file" -e "$begin"
    has "an output file without permission" 'cannot write' "$said"

    # Events of the kernel: what each step lacks.
    event='@@net:tcp:listen_q_full { exit(); }'
    # some CAPABILITY...: how to run a command with these alone; in ${some[@]}
    some() { some=(setpriv --reuid 65534 --clear-groups --inh-caps "$1" --ambient-caps "$1"); }
    refused "events without privileges" 3 "${nobody[@]}" "$PROBEVUE" -e "$begin $event"
    has "events without privileges: what is missing" 'missing CAP_BPF, CAP_PERFMON' "$said"
    has "events without privileges: what to do" 'hint: .*(sudo|setcap)' "$said"
    has "events without privileges: where" '<-e>:1:32' "$said"
    some +bpf
    refused "events with half the privileges" 3 "${some[@]}" "$PROBEVUE" -e "$begin $event"
    has "events with half the privileges: what is missing" 'missing CAP_PERFMON$' "$said"
    some +bpf,+perfmon
    if [[ $("$PROBEVUE" -l '@@net:tcp:listen_q_full' -v) == *"through cgroup"* ]]; then
        refused "events at the cgroup without one" 3 "${some[@]}" "$PROBEVUE" -e "$begin $event"
        has "events at the cgroup without one: what is missing" 'cgroup: missing CAP_NET_ADMIN$' "$said"
        has "events at the cgroup without one: what was tried before" 'fentry: .*; kprobe: ' "$said"
    fi
    printed=$("${some[@]}" "$PROBEVUE" -e "$begin"' @@net:tcp:state_change { } @@interval:*:clock:100 { exit(); }' 2>&1)
    same "events with all that they need" "begin" "$printed"
else
    echo "another user cannot run $PROBEVUE: what it may not do was left out"
fi

# --- kernels that lack what is needed -------------------------------------------------------------------------------

event='@@net:tcp:state_change { exit(); }'
if "$PROBEVUE" -l '@@net:tcp:state_change' -v | grep -q 'through tracepoint'; then
    without_types=(unshare --mount sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$@"' sh)
    if "${without_types[@]}" true 2>/dev/null; then
        refused "no type information" 3 "${without_types[@]}" "$PROBEVUE" -e "$begin $event"
        has "no type information: what is missing" 'no type information .*/sys/kernel/btf/vmlinux' "$said"
    else
        echo "type information cannot be hidden here: a kernel without it was left out"
    fi
    refused "no such hook" 3 "$PROBEVUE" --hook cgroup -e "$begin $event"
    has "no such hook: which" 'no cgroup hook gives this event' "$said"
fi
conclude
