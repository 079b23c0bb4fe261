#!/usr/bin/env bash
# scripts/netdev_watch.e, live: a line for each change that ip(8) makes of a device, with its process where the kernel tells it.
source "$(dirname "$0")/network.sh"

said=$("$PROBEVUE" -e 'int n; @@net:netdev:open { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"
by='[1-9][0-9]* +ip'
[[ $("$PROBEVUE" -l -v '@@net:netdev:open' | grep through) != *'through netlink'* ]] || by='-1' # nobody says who it was

{ cat scripts/netdev_watch.e; echo '@@BEGIN { printf("ready\n"); }'; } >"$work/watch.e"
start watch "$work/watch.e"
watch=$id
# change ARGUMENT...: of a device
change() { ip link set one "$@" || fail "ip link set one $*"; }
ip link add one type veth peer name two || fail "a veth pair cannot be made here"
change up
was=$(ip -o link show one | sed -E 's/.* mtu ([0-9]+) .*/\1/')
change mtu 1300
before=$(mac one)
change address 02:00:5e:00:53:11
same "the address" 02:00:5e:00:53:11 "$(mac one)"
change promisc on
change promisc off
change allmulticast on
change multicast off
change down
ip link delete one || fail "ip link delete one"
until_true 20 grep -qE ' two +removed$' "$work/watch.out" || fail "the end has not been told"
stop "$watch"
same "exit status" 0 "$status"
expected=(added up "MTU $was -> 1300" "address $before -> 02:00:5e:00:53:11" "promiscuous on" "promiscuous off" "all multicast on"
    "multicast off" down removed)
same "what is told of it" "$(printf '%s\n' "${expected[@]}")" \
    "$(sed -nE "s/^[0-9:]{8} $by +one +(.*)\$/\1/p" "$work/watch.out")"
conclude
