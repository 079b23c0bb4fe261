#!/usr/bin/env bash
# Arguments of tracepoints by the kernel's own types, without a declaration: bytes and packets of each device against
# its counters, members of structures within structures, what cannot be read, and what is refused.
source "$(dirname "$0")/network.sh"

[[ -r /sys/kernel/btf/vmlinux ]] || skip "the kernel has no type information"
said=$("$PROBEVUE" -e 'int n; @@systrace:*:net_dev_queue { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

here=$(stat -L -c %i /proc/self/ns/net)
cat >"$work/typed.e" <<SCRIPT
@@BEGIN { printf("ready\n"); }
@@systrace:*:net_dev_queue when (__arg1->dev->nd_net.net->ns.inum == $here)
{
    packets[__arg1->dev->name]++;
    bytes[__arg1->dev->name] += __arg1->len;
    indices[__arg1->dev->name][__arg1->dev->ifindex]++;
    addresses[__arg1->dev->name][__arg1->dev->addr_len]++;
}
@@systrace:*:net_dev_queue when (__arg1->dev->nd_net.net->ns.inum == $here and __arg1->dev->name == "near") { near++; }
@@END
{
    set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND);
    print(packets);
    print(bytes);
    print(indices);
    print(addresses);
    printf("near %d\n", near);
}
SCRIPT

know_neighbours
sent() { [[ $(device_counts sent near | cut -d' ' -f2) -ge $1 ]]; }

for home in engine kernel; do
    read -r near_bytes near_packets < <(device_counts sent near)
    read -r lo_bytes lo_packets < <(device_counts sent lo)
    start typed --home $home "$work/typed.e"
    typed=$id
    # shellcheck disable=SC2046
    datagrams 9 100 $(printf '192.0.2.3 %.0s' $(seq 150))
    # shellcheck disable=SC2046
    datagrams 9 500 $(printf '127.0.0.1 %.0s' $(seq 70))
    until_true 20 sent $((near_packets + 150)) || fail "not all datagrams were sent"
    stop "$typed"
    same "$home: exit status" 0 "$status"
    read -r near_bytes_now near_packets_now < <(device_counts sent near)
    read -r lo_bytes_now lo_packets_now < <(device_counts sent lo)
    same "$home: packets sent" "150 70" "$((near_packets_now - near_packets)) $((lo_packets_now - lo_packets))"
    # The loopback device counts without a link header (drivers/net/loopback.c); where this hook runs it is there.
    expected="packets[lo] = 70
packets[near] = 150
bytes[lo] = $((lo_bytes_now - lo_bytes + 70 * 14))
bytes[near] = $((near_bytes_now - near_bytes))
indices[lo, $(index_of lo)] = 70
indices[near, $(index_of near)] = 150
addresses[lo, 6] = 70
addresses[near, 6] = 150
near 150"
    same "$home: what devices sent" "$expected" "$(grep -v -e '^ready' -e '^$' "$work/typed.out")"
done

# --- members of all kinds: structures in structures, casts, bit-fields, signs, and a pointer that leads nowhere ---------
cat >"$work/kinds.e" <<SCRIPT
@@BEGIN { printf("ready\n"); }
@@systrace:*:net_dev_queue when (__arg1->dev->nd_net.net->ns.inum == $here and __arg1->sk->__sk_common.skc_dport == 0x900)
{
    seen["family"][__arg1->sk->__sk_common.skc_family]++;
    seen["protocol"][__arg1->sk->sk_protocol]++;
    seen["order"][__arg1->protocol]++;
    seen["source"][((struct inet_sock *)__arg1->sk)->inet_saddr]++;
    seen["version"][((struct iphdr *)(__arg1->head + __arg1->network_header))->version]++;
    seen["words"][((struct iphdr *)(__arg1->head + __arg1->network_header))->ihl]++;
    seen["nobody"][__arg1->next->len]++;
}
@@END { set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND); print(seen); }
SCRIPT
for home in engine kernel; do
    start kinds --home $home --stats "$work/kinds.e"
    kinds=$id
    # Connected, so that the socket knows the port that it sends to.
    perl -MSocket -e 'socket(my $s, PF_INET, SOCK_DGRAM, 0); connect($s, sockaddr_in(9, inet_aton("127.0.0.1")));
        for (1 .. 40) { send($s, "x", 0) }' 2>/dev/null
    stop "$kinds"
    same "$home: exit status" 0 "$status"
    expected='seen[family, 2] = 40
seen[nobody, 0] = 40
seen[order, 8] = 40
seen[protocol, 17] = 40
seen[source, 16777343] = 40
seen[version, 4] = 40
seen[words, 5] = 40'
    same "$home: members of all kinds" "$expected" "$(grep '^seen' "$work/kinds.out")"
    has "$home: what could not be read is counted" '^unreadable: 40$' "$(cat "$work/kinds.err" "$work/kinds.out")"
done

# --- what is shown, and what is refused ---------------------------------------------------------------------------------
listed=$("$PROBEVUE" -l '@@systrace:*:net_dev_queue' -v)
has "-l -v shows the arguments" '^    __arg1 struct sk_buff \*' "$listed"
said=$("$PROBEVUE" -e '@@systrace:*:net_dev_queue { printf("%s\n", __arg1->dev->nmae); }' 2>&1)
same "a member that is not there: exit status" 2 $?
has "a member that is not there" '`struct net_device` has no member `nmae`' "$said"
has "a member that is not there: what was meant" 'did you mean `name`' "$said"
said=$("$PROBEVUE" -e '@@systrace:*:net_dev_queue { printf("%s\n", __arg2->dev->name); }' 2>&1)
has "an argument that is not there" '`__arg2` does not exist: the tracepoint `net_dev_queue` has 1 argument' "$said"
said=$("$PROBEVUE" -w "$work/x.pcapng" -e '@@systrace:*:net_dev_queue { printf("%s\n", __arg1->dev->name); }' 2>&1)
has "-w" '`__arg1` has no type here: recordings do not hold the types of the kernel' "$said"
said=$("$PROBEVUE" -e 'struct sk_buff { int len; }; @@systrace:*:net_dev_queue { x = ((struct sk_buff *)__arg1)->len; }' 2>&1)
has "a structure that does not fit" '`struct sk_buff` does not fit this kernel: `len` is at byte [0-9]+ there, at byte 0 here' "$said"
conclude
