#!/usr/bin/env bash
# Packets that devices hand over, against the devices' own counters: counts, bytes on the wire, types, names.
source "$(dirname "$0")/network.sh"

here=$(stat -L -c %i /proc/self/ns/net)
said=$("$PROBEVUE" -e 'int n; @@net:netdev:receive { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

cat >"$work/devices.e" <<SCRIPT
@@BEGIN { printf("ready\n"); }
@@net:netdev:receive when (__netns == $here)
{
    packets[__netdev->dev_name]++;
    wire[__netdev->dev_name] += __netdev->wire_length;
    bytes[__netdev->dev_name] += __netdev->length;
    types[__netdev->dev_name][__netdev->protocol]++;
    if (__netdev->truesize < __netdev->length) bad++;
    indices[__netdev->dev_name][__netdev->ifindex]++;
}
@@END
{
    set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND);
    print(packets);
    print(wire);
    print(bytes);
    print(types);
    print(indices);
    printf("bad %d\n", bad);
}
SCRIPT

# counted DEVICE: bytes and packets that it has received, by the kernel's count
counted() { awk -v device="$1:" '$1 == device { print $2, $3 }' /proc/net/dev; }
mac() { "${@:2}" ip -o link show "$1" | sed -E 's|.*link/ether ([0-9a-f:]+) .*|\1|'; }
index() { ip -o link show "$1" | cut -d: -f1; }
# Nobody has to ask for addresses: what arrives is what is sent below.
ip neighbour replace 192.0.2.3 lladdr "$(mac far in_far)" dev near nud permanent
in_far ip neighbour replace 192.0.2.2 lladdr "$(mac near)" dev far nud permanent

for home in engine kernel; do
    read -r near_bytes near_packets < <(counted near)
    read -r lo_bytes lo_packets < <(counted lo)
    before=$(taken)
    start devices --home $home "$work/devices.e"
    devices=$id
    to_near=$(printf '192.0.2.2 %.0s' $(seq 150))
    to_lo=$(printf '127.0.0.1 %.0s' $(seq 70))
    # shellcheck disable=SC2086
    in_far bash -c "$(declare -f datagrams); datagrams 9 1 $to_near"
    # shellcheck disable=SC2086
    datagrams 9 500 $to_lo
    until_true 20 have_come $((before + 220)) || fail "not all datagrams have come"
    stop "$devices"
    same "$home: exit status" 0 "$status"
    read -r near_bytes_now near_packets_now < <(counted near)
    read -r lo_bytes_now lo_packets_now < <(counted lo)
    same "$home: packets sent" "150 70" "$((near_packets_now - near_packets)) $((lo_packets_now - lo_packets))"
    # The loopback device counts without a link header (drivers/net/loopback.c), others with it.
    lo_sum=$((lo_bytes_now - lo_bytes)) near_sum=$((near_bytes_now - near_bytes))
    expected="packets[lo] = 70
packets[near] = 150
wire[lo] = $((lo_sum + 70 * 14))
wire[near] = $near_sum
bytes[lo] = $lo_sum
bytes[near] = $((near_sum - 150 * 14))
types[lo, 2048] = 70
types[near, 2048] = 150
indices[lo, $(index lo)] = 70
indices[near, $(index near)] = 150
bad 0"
    same "$home: what devices received" "$expected" "$(grep -v -e '^ready' -e '^$' "$work/devices.out")"
done
conclude
