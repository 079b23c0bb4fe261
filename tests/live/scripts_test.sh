#!/usr/bin/env bash
# The scripts that people run, live on loopback and on a veth pair: what they print is what a replay prints of the
# packets that tcpdump recorded meanwhile.
source "$(dirname "$0")/network.sh"

# Replays of an interval count from the first packet, a session from its start: compared are sums, not seconds.
mapfile -t scripts < <(grep -LE '^@@(interval|net:(tcp|udp|netdev|skb|ip)|syscall|uft|kft)' scripts/*.e)
[[ ${#scripts[@]} -ge 9 ]] || fail "only ${#scripts[@]} scripts to run"

serve 8080
serve in_far 23
listen recorded -i any
recorder=$id
declare -A session
declare -A argument=([packet_contents]='"port 8080 or port 23"' [rtp_loss]=5004)
for script in "${scripts[@]}"; do
    name=$(basename "$script" .e)
    { cat "$script"; echo '@@BEGIN { printf("ready\n"); }'; } >"$work/$name.e"
    start "$name" "$work/$name.e" ${argument[$name]:+"${argument[$name]}"} && session[$name]=$id
done

for i in 1 2 3; do
    ask 127.0.0.1 8080 >/dev/null || fail "no answer on loopback"
    ask 192.0.2.3 23 >/dev/null || fail "no answer over the veth pair"
done
datagrams 53 20 192.0.2.3 127.0.0.1 192.0.2.3 # nobody listens: ICMP says so
ask 192.0.2.3 81 >/dev/null                   # refused
datagrams 80 1 192.0.2.77                     # ARP without answer
ip neighbour add 192.0.2.78 lladdr 02:00:00:00:00:78 dev near
ask 192.0.2.78 80 >/dev/null # a SYN that nobody answers
settle recorded 192.0.2.3

stop "$recorder"
for name in "${!session[@]}"; do
    stop "${session[$name]}"
    same "$name: exit status" 0 "$status"
    same "$name: standard error" "" "$(cat "$work/$name.err")"
done
packets=$(count_packets recorded)
((packets > 60)) || fail "only $packets packets were recorded"
# Each socket takes the time of a packet by itself: times differ by a microsecond or two, and so may the order of packets
# on two processors; the number of them does not.
declare -A columns_of_times=([first_byte]="2 3 5 6" [conversations]=10 [timestamp_rtt]="2 3 4" [dns_latency]="3 4")
without_times() {
    sed -E 's/ sum=[0-9]+ .*//; s/^[0-9:]+\.[0-9]+ length /length /' |
        awk -v times="${columns_of_times[$1]:-}" 'BEGIN { n = split(times, column) } { for (i = 1; i <= n; ++i) $column[i] = "-"; print }' | sort
}
# What this traffic does not have: segments sent again, names, full buffers, small paths, two of one address, voices, tunnels, groups.
without="tcp_resends tls_names dns_latency zero_window path_mtu address_twins rtp_loss inner_hosts igmp_joins"
for name in "${!session[@]}"; do
    replayed=$("$PROBEVUE" -r "$work/recorded.pcap" "$work/$name.e" ${argument[$name]:+"${argument[$name]}"} 2>&1 | without_times "$name")
    same "$name: live and in a replay" "$replayed" "$(without_times "$name" <"$work/$name.out")"
    [[ $(wc -l <"$work/$name.out") -gt 1 || " $without " == *" $name "* ]] || fail "$name: has nothing to show"
done
conclude
