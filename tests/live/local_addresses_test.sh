#!/usr/bin/env bash
# is_local(): the addresses of this host as they are and become, those of another network namespace, and those of the host that
# a file was recorded on.
. "$(dirname "${BASH_SOURCE[0]}")/network.sh"

serve in_far 8001

# ends INTERFACE: packets between hosts of which one, and not the other, is this one: by which end
ends() {
    cat <<SCRIPT
@@BEGIN { printf("ready\n"); }
@@net:bpf:$1:tcp:"tcp port 8001" {
    if (is_local(__pkt->src_addr) == 1 and is_local(__pkt->dst_addr) == 0) sent++;
    else if (is_local(__pkt->src_addr) == 0 and is_local(__pkt->dst_addr) == 1) received++;
    else neither++;
    by[__pkt->src_addr][is_local(__pkt->src_addr)]++;
}
@@END { printf("%d %d %d\n", sent > 10, received > 10, neither); print(by); }
SCRIPT
}

for interface in near any; do
    ends $interface >"$work/$interface.e"
    start live -w "$work/$interface.pcapng" "$work/$interface.e" || conclude
    session=$id
    for i in 1 2 3; do ask 192.0.2.3 8001 >/dev/null || fail "no answer"; done
    until_true 10 is_quiet
    stop "$session"
    same "ends of packets of $interface" "1 1 0" "$(sed -n 2p "$work/live.out")"
    same "messages of $interface" "" "$(cat "$work/live.err")"
    "$PROBEVUE" -r "$work/$interface.pcapng" "$work/$interface.e" >"$work/replay.out" 2>"$work/replay.err"
    same "live and replay of $interface" "$(cat "$work/live.out")" "$(cat "$work/replay.out")"
    same "messages of the replay of $interface" "" "$(cat "$work/replay.err")"
done

# Seen from the other namespace the ends are exchanged; its loopback addresses are of the host too.
cat >"$work/far.e" <<'SCRIPT'
@@BEGIN { printf("ready %d%d%d\n", is_local("192.0.2.3"), is_local("192.0.2.2"), is_local("127.0.0.1")); }
@@net:bpf:far:tcp:"tcp port 8001" { n[__pkt->src_addr][is_local(__pkt->src_addr)] = 1; }
@@END { print(n, 0, SORT_BY_KEY | SORT_TYPE_ASCEND); }
SCRIPT
start far --netns "/proc/$far/ns/net" "$work/far.e" || conclude
session=$id
ask 192.0.2.3 8001 >/dev/null || fail "no answer"
until_true 10 is_quiet
stop "$session"
same "in another namespace" $'ready 101\nn[192.0.2.2, 0] = 1\nn[192.0.2.3, 1] = 1' "$(grep . "$work/far.out")"

# An address that comes while the session runs is taken in, and stays when it goes.
cat >"$work/changing.e" <<'SCRIPT'
int now, before, kept;
@@BEGIN { printf("ready\n"); }
@@interval:*:clock:100 {
    now = is_local("198.51.100.7");
    if (now != before) printf("now %d\n", now);
    before = now;
    kept += now;
    if (kept == 8) printf("kept\n");
}
SCRIPT
start changing "$work/changing.e" || conclude
session=$id
until_true 10 grep -q ready "$work/changing.out"
ip address add 198.51.100.7/32 dev near
until_true 20 grep -q "now 1" "$work/changing.out" || fail "an address that is new is not seen: $(cat "$work/changing.out" "$work/changing.err")"
ip address del 198.51.100.7/32 dev near
until_true 20 grep -q kept "$work/changing.out" || fail "an address that is gone is forgotten"
stop "$session"

# A file of events has no interface, and says no addresses.
start events -w "$work/events.pcapng" -e '@@BEGIN { printf("ready\n"); } @@net:tcp:state_change when (__proto_info->remote_port == 8001) { n[is_local(__proto_info->local_addr)]++; } @@END { print(n); }' || conclude
session=$id
ask 192.0.2.3 8001 >/dev/null || fail "no answer"
until_true 10 is_quiet
stop "$session"
has "events" '^n\[1\] = ' "$(cat "$work/events.out")"
"$PROBEVUE" -r "$work/events.pcapng" -e '@@net:tcp:state_change { n[is_local(__proto_info->local_addr)]++; } @@END { print(n); }' >"$work/replay.out" 2>"$work/replay.err"
has "events of a file" '^n\[0\] = ' "$(cat "$work/replay.out")"
has "events of a file" 'the addresses of the host are not known, is_local\(\) is 0' "$(cat "$work/replay.err")"

conclude
