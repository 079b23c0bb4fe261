#!/usr/bin/env bash
# Packets that devices hand over and are handed, against the devices' own counters: counts, bytes on the wire, types, names.
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
    // What the kernel hands over as a pointer is reckoned with as a number.
    bits[__netdev->dev_name] += __netdev->wire_length * 8;
    if ((__netdev->wire_length >> 1 << 1 | __netdev->wire_length & 1) != __netdev->wire_length) bad++;
    bytes[__netdev->dev_name] += __netdev->length;
    types[__netdev->dev_name][__netdev->protocol]++;
    if (__netdev->truesize < __netdev->length) bad++;
    indices[__netdev->dev_name][__netdev->ifindex]++;
}
@@net:netdev:transmit, @@net:netdev:hard_transmit, @@net:netdev:rx when (__netns == $here)
{
    at[get_probe()][__netdev->dev_name]++;
    at_wire[get_probe()][__netdev->dev_name] += __netdev->wire_length;
    at_types[get_probe()][__netdev->dev_name][__netdev->protocol]++;
}
@@END
{
    set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND);
    print(packets);
    print(wire);
    print(bits);
    print(bytes);
    print(types);
    print(indices);
    printf("bad %d\n", bad);
    print(at);
    print(at_wire);
    print(at_types);
}
SCRIPT

know_neighbours

for home in engine kernel; do
    read -r near_bytes near_packets < <(device_counts received near)
    read -r lo_bytes lo_packets < <(device_counts received lo)
    read -r sent_bytes sent_packets < <(device_counts sent near)
    before=$(taken)
    far_before=$(taken in_far)
    start devices --home $home "$work/devices.e"
    devices=$id
    to_near=$(printf '192.0.2.2 %.0s' $(seq 150))
    to_lo=$(printf '127.0.0.1 %.0s' $(seq 70))
    # shellcheck disable=SC2086
    in_far bash -c "$(declare -f datagrams); datagrams 9 1 $to_near"
    # shellcheck disable=SC2086
    datagrams 9 500 $to_lo
    # shellcheck disable=SC2046
    datagrams 9 300 $(printf '192.0.2.3 %.0s' $(seq 60))
    until_true 20 have_come $((before + 220)) && until_true 20 have_come $((far_before + 60)) in_far || fail "not all datagrams have come"
    stop "$devices"
    same "$home: exit status" 0 "$status"
    read -r near_bytes_now near_packets_now < <(device_counts received near)
    read -r lo_bytes_now lo_packets_now < <(device_counts received lo)
    read -r sent_bytes_now sent_packets_now < <(device_counts sent near)
    same "$home: packets sent" "150 70 60" \
        "$((near_packets_now - near_packets)) $((lo_packets_now - lo_packets)) $((sent_packets_now - sent_packets))"
    # The loopback device counts without a link header (drivers/net/loopback.c), others with it.
    lo_sum=$((lo_bytes_now - lo_bytes)) near_sum=$((near_bytes_now - near_bytes)) sent_sum=$((sent_bytes_now - sent_bytes))
    lo_wire=$((lo_sum + 70 * 14)) on=@@net:netdev:
    expected="packets[lo] = 70
packets[near] = 150
wire[lo] = $lo_wire
wire[near] = $near_sum
bits[lo] = $((lo_wire * 8))
bits[near] = $((near_sum * 8))
bytes[lo] = $lo_sum
bytes[near] = $((near_sum - 150 * 14))
types[lo, 2048] = 70
types[near, 2048] = 150
indices[lo, $(index_of lo)] = 70
indices[near, $(index_of near)] = 150
bad 0
at[${on}hard_transmit, lo] = 70
at[${on}hard_transmit, near] = 60
at[${on}rx, lo] = 70
at[${on}rx, near] = 150
at[${on}transmit, lo] = 70
at[${on}transmit, near] = 60
at_wire[${on}hard_transmit, lo] = $lo_wire
at_wire[${on}hard_transmit, near] = $sent_sum
at_wire[${on}rx, lo] = $lo_wire
at_wire[${on}rx, near] = $near_sum
at_wire[${on}transmit, lo] = $lo_wire
at_wire[${on}transmit, near] = $sent_sum
at_types[${on}hard_transmit, lo, 2048] = 70
at_types[${on}hard_transmit, near, 2048] = 60
at_types[${on}rx, lo, 2048] = 70
at_types[${on}rx, near, 2048] = 150
at_types[${on}transmit, lo, 2048] = 70
at_types[${on}transmit, near, 2048] = 60"
    same "$home: what devices received" "$expected" "$(grep -v -e '^ready' -e '^$' "$work/devices.out")"
done
conclude
