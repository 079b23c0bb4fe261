#!/usr/bin/env bash
# Which network namespace a session is about (--netns): events and packets of two namespaces, told apart by who makes
# them. The kernel's numbers of connections come from nstat's file, those of packets from tcpdump.
source "$(dirname "$0")/network.sh"

# A third namespace, with a name, whose loopback is up too.
name=probevue-$$
ip netns add "$name" 2>/dev/null || skip "a network namespace with a name cannot be made here"
trap 'ip netns delete "$name"; finish' EXIT
ip netns exec "$name" ip link set lo up
in_named() { ip netns exec "$name" "$@"; }

# refused N: connections that nobody takes, from 127.0.0.1: each one is a change to SYN_SENT
refused() { perl -MIO::Socket::INET -e 'for (1 .. shift) { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 81) and exit 1 }' "$1"; }
# In this namespace 3, in the one with a name 5, in the third one 7.
refused_in_each() {
    refused 3
    in_named bash -c "$(declare -f refused); refused 5"
    in_far bash -c "$(declare -f refused); refused 7"
}
attempts() { "$@" awk '/^Tcp: [0-9]/ { print $6 }' /proc/thread-self/net/snmp 2>/dev/null || "$@" awk '/^Tcp: [0-9]/ { print $6 }' /proc/self/net/snmp; }

events='@@BEGIN { printf("ready\n"); } @@net:tcp:state_change when (__cur_state == TCPS_SYN_SENT and __proto_info->remote_port == 81) { printf("%u\n", __netns); }'
own=$(stat -L -c %i /proc/self/ns/net)
named=$(in_named stat -L -c %i /proc/self/ns/net)
other=$(in_far stat -L -c %i /proc/self/ns/net)
counts() { grep -v ready "$work/$1.out" | sort | uniq -c | awk '{ print $2 "=" $1 }' | paste -s -d ' '; }
wanted() { printf '%s\n' "$@" | sort | paste -s -d ' '; }

# of_one CHOICE HERE NAMED THIRD: what is seen where a choice means one namespace, and `all` the session's own
of_one() {
    case $1 in
        "" | own | all) echo "$2" ;;
        "$name") echo "$3" ;;
        *) echo "$4" ;;
    esac
}

if "$PROBEVUE" -l '@@net:tcp:state_change' -v | grep -q 'through tracepoint'; then
    for home in engine kernel; do
        for choice in "" own all "$name" "/proc/$far/ns/net"; do
            case $choice in
                "" | own) want=$(wanted "$own=3") ;;
                all) want=$(wanted "$own=3" "$named=5" "$other=7") ;;
                "$name") want=$(wanted "$named=5") ;;
                *) want=$(wanted "$other=7") ;;
            esac
            label=$home.${choice//\//_}
            # shellcheck disable=SC2086
            start "$label" --home $home ${choice:+--netns "$choice"} -e "$events"
            before=$(attempts) before_named=$(attempts in_named) before_far=$(attempts in_far)
            refused_in_each
            same "$label: the kernel's own counts" "3 5 7" \
                "$(($(attempts) - before)) $(($(attempts in_named) - before_named)) $(($(attempts in_far) - before_far))"
            stop "$id"
            same "$label: events" "$want" "$(counts "$label")"
        done
    done
    # Not in a namespace of its own: events of all.
    if [[ -r /proc/2/ns/net ]]; then
        nsenter --net=/proc/2/ns/net "$PROBEVUE" -e "$events" >"$work/first.out" 2>"$work/first.err" &
        id=$!
        started+=("$id")
        until_true 20 grep -q ready "$work/first.out" || fail "first: did not start: $(cat "$work/first.err")"
        refused 3
        in_named bash -c "$(declare -f refused); refused 5"
        stop "$id"
        same "started in the first namespace: events" "$(wanted "$own=3" "$named=5")" "$(grep -E "^($own|$named)\$" "$work/first.out" | sort | uniq -c | awk '{ print $2 "=" $1 }' | paste -s -d ' ')"
    fi
else
    echo "events of the kernel cannot be traced here: they were left out"
fi

# --- segments, where netfilter tells of them: of the one namespace that packets are of ----------------------------------

segments='@@BEGIN { printf("ready\n"); } @@net:tcp:receive when (__tcphdr->flags == TH_SYN and __tcphdr->dst_port == 81) { printf("%u\n", __netns); }'
if "$PROBEVUE" -l '@@net:tcp:receive' -v | grep -q 'through netfilter'; then
    for choice in "" own all "$name" "/proc/$far/ns/net"; do
        want=$(of_one "$choice" "$own=3" "$named=5" "$other=7")
        label=segments.${choice//\//_}
        # shellcheck disable=SC2086
        start "$label" ${choice:+--netns "$choice"} -e "$segments"
        refused_in_each
        stop "$id"
        same "$label" "$want" "$(counts "$label")"
    done
fi

# --- packets: the interface is that of the namespace ------------------------------------------------------------------

packets='@@BEGIN { printf("ready\n"); } @@net:bpf:lo:udp:"udp dst port 5000" { printf("%d\n", __udphdr->length - 8); }'
for choice in "" own all "$name" "/proc/$far/ns/net"; do
    want=$(of_one "$choice" 1 2 3)
    label=packets.${choice//\//_}
    # shellcheck disable=SC2086
    start "$label" ${choice:+--netns "$choice"} -e "$packets"
    datagrams 5000 1 127.0.0.1
    in_named bash -c "$(declare -f datagrams); datagrams 5000 2 127.0.0.1"
    in_far bash -c "$(declare -f datagrams); datagrams 5000 3 127.0.0.1"
    stop "$id"
    same "$label" "ready $want" "$(paste -s -d ' ' "$work/$label.out")"
done

# An interface that only the other one has, and one that it has not.
start far_only --netns "/proc/$far/ns/net" -e '@@BEGIN { printf("ready\n"); } @@net:bpf:far:udp:"udp dst port 5000" { printf("%d\n", __udphdr->length - 8); }'
datagrams 5000 4 192.0.2.3
stop "$id"
same "an interface of the other one" "ready 4" "$(paste -s -d ' ' "$work/far_only.out")"
said=$("$PROBEVUE" --netns "/proc/$far/ns/net" -e '@@net:bpf:near:udp:"" { n++; }' 2>&1)
same "an interface that it has not: exit status" 2 $?
has "an interface that it has not" 'there is no interface `near`' "$said"
has "an interface that it has not: those it has" 'interfaces: .*far' "$said"

# --- what is refused --------------------------------------------------------------------------------------------------

said=$("$PROBEVUE" --netns nobody-$$ -e '@@BEGIN { exit(); }' 2>&1)
same "no such name: exit status" 2 $?
has "no such name" 'error: the network namespace `nobody-'$$'` cannot be opened: /run/netns/nobody-'$$': No such file' "$said"
has "no such name: the hint" 'hint: `ip netns list` shows those with a name; a path has a slash, such as /proc/1/ns/net' "$said"
said=$("$PROBEVUE" --netns /etc/passwd -e '@@BEGIN { exit(); }' 2>&1)
same "no namespace: exit status" 2 $?
has "no namespace" 'error: `/etc/passwd` is no network namespace' "$said"
said=$("$PROBEVUE" --netns /proc/self/ns/uts -e '@@BEGIN { exit(); }' 2>&1)
has "another namespace" 'error: `/proc/self/ns/uts` is no network namespace' "$said"
said=$(setpriv --bounding-set -sys_admin "$PROBEVUE" --netns "$name" -e '@@net:bpf:lo:udp:"" { n++; }' 2>&1)
same "not permitted: exit status" 3 $?
has "not permitted" 'the network namespace cannot be entered: Operation not permitted' "$said"
has "not permitted: the hint" 'it needs the CAP_SYS_ADMIN capability: run it with sudo' "$said"
said=$("$PROBEVUE" --netns own -r tests/data/dns.pcap -e '@@END { exit(); }' 2>&1)
has "a replay" 'note: --netns means nothing in a replay: files have what was recorded' "$said"
said=$("$PROBEVUE" --netns '' -e '@@BEGIN { exit(); }' 2>&1)
same "nothing: exit status" 2 $?
has "nothing" 'error: --netns wants all, own, a name or a path' "$said"

# --- on a terminal it says so -----------------------------------------------------------------------------------------

script -qefc "'$PROBEVUE' --netns $name -e '@@net:bpf:lo:tcp:\"\" { n++; } @@BEGIN { exit_after(1); }'" "$work/tty" </dev/null >/dev/null 2>&1
has "the start line, of exit_after()" 'Ctrl-C ends, or by exit_after()' "$(cat "$work/tty")"
script -qefc "'$PROBEVUE' --netns $name -e '@@net:bpf:lo:tcp:\"\" { n++; } @@interval:*:clock:100 { exit(); }'" "$work/tty" </dev/null >/dev/null 2>&1
has "the start line" 'probevue: tracing 2 probes, packets of network namespace `'"$name"'`; Ctrl-C ends, or at exit()' "$(cat "$work/tty")"
if "$PROBEVUE" -l '@@net:tcp:state_change' -v | grep -q 'through tracepoint'; then
    both='@@net:tcp:state_change { n++; } @@net:bpf:lo:tcp:"" { n++; } @@interval:*:clock:100 { exit(); }'
    script -qefc "'$PROBEVUE' --netns all -e '$both'" "$work/tty" </dev/null >/dev/null 2>&1
    has "the start line, of all" "probevue: tracing 3 probes, events of all network namespaces, packets of this network namespace; Ctrl-C ends" "$(cat "$work/tty")"
    script -qefc "'$PROBEVUE' -e '$both'" "$work/tty" </dev/null >/dev/null 2>&1
    has "the start line, of its own" "probevue: tracing 3 probes, events of this network namespace, packets of this network namespace; Ctrl-C ends" "$(cat "$work/tty")"
fi
# The session on it waits for input: it ends with the test.
mkfifo "$work/keys"
exec 5<>"$work/keys"
script -qefc "exec '$PROBEVUE' -i" "$work/session" <"$work/keys" >/dev/null 2>&1 5<&- &
started+=("$!")
until_true 20 grep -q 'Ctrl-D leaves' "$work/session" || fail "an interactive session does not start"
has "an interactive session" "events and packets are of this network namespace" "$(cat "$work/session")"
conclude
