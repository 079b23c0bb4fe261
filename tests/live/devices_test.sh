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

know_neighbours

for home in engine kernel; do
    read -r near_bytes near_packets < <(device_counts received near)
    read -r lo_bytes lo_packets < <(device_counts received lo)
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
    read -r near_bytes_now near_packets_now < <(device_counts received near)
    read -r lo_bytes_now lo_packets_now < <(device_counts received lo)
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
indices[lo, $(index_of lo)] = 70
indices[near, $(index_of near)] = 150
bad 0"
    same "$home: what devices received" "$expected" "$(grep -v -e '^ready' -e '^$' "$work/devices.out")"
done
conclude
