# For tests of a router, sourced behind network.sh: `near` is one side of it, `right` (198.51.100.1) the other, joined to `left`
# (198.51.100.2) in a namespace more. Who sends from `far` to `end` goes through here.
new_space
end=$space
in_end() { nsenter --net=/proc/"$end"/ns/net "$@"; }
ip link add right type veth peer name left && ip link set left netns "$end" || skip "a veth pair cannot be made here"
echo 1 >/proc/sys/net/ipv6/conf/right/disable_ipv6 2>/dev/null
in_end sh -c 'echo 1 >/proc/sys/net/ipv6/conf/left/disable_ipv6' 2>/dev/null
ip address add 198.51.100.1/24 dev right
ip link set right up
in_end ip address add 198.51.100.2/24 dev left
in_end ip link set left up
in_end ip route add default via 198.51.100.1
in_far ip route add default via 192.0.2.2
echo 1 >/proc/sys/net/ipv4/ip_forward
know_neighbours
ip neighbour replace 198.51.100.2 lladdr "$(mac left in_end)" dev right nud permanent
drain in_end

# forward COUNT: so many datagrams from `far` to `end`
forward() {
    in_far perl -MIO::Socket::INET -e '
        my $socket = IO::Socket::INET->new(Proto => "udp", PeerAddr => "198.51.100.2", PeerPort => 9) or die "$!";
        $socket->send("z") // die "$!" for 1 .. shift;' "$1" 2>"$work/perl" || fail "not forwarded: $(<"$work/perl")"
}
sent() { device_counts sent "$1" | cut -d' ' -f2; }
no_ports() { awk '/^Udp: [0-9]/ { print $3 }' /proc/net/snmp; }

# three_ways: a datagram over loopback, one that is forwarded, one to a port where nobody is; each when the one before has gone
three_ways() {
    local before
    before=$(taken)
    datagrams 9 20 127.0.0.1
    until_true 20 have_come $((before + 1)) || fail "nothing comes over loopback"
    before=$(sent right)
    forward 1
    until_true 20 eval '[[ $(sent right) -gt '"$before"' ]]' || fail "nothing is forwarded"
    before=$(no_ports)
    datagrams 4009 30 127.0.0.1
    until_true 20 eval '[[ $(no_ports) -gt '"$before"' ]]' || fail "nothing is dropped"
}
