# Sourced by capture_*.sh: network namespaces that play hosts, joined by veth pairs, and tcpdump in them. `sides` are
# their names, set before; pv-client and pv-server are among them. They are taken away at the end, with every process that
# was noted in jobs_started; nothing outside of them is touched.

client=pv-client server=pv-server
work=$(mktemp -d)
jobs_started=()

finish() {
    ((${#jobs_started[@]} == 0)) || kill "${jobs_started[@]}" 2> /dev/null || true
    for side in "${sides[@]}"; do ip netns del "$side" 2> /dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

in_client() { ip netns exec $client "$@"; }
in_server() { ip netns exec $server "$@"; }

# add_addresses SIDE LAST
add_addresses() {
    ip -n "$1" address add "192.0.2.$2/24" dev eth0
    ip -n "$1" address add "2001:db8::$2/64" dev eth0 nodad
}

# Client and server on one cable, on which packets are no larger than on a wire.
join_client_and_server() {
    local side
    ip netns add $client
    ip netns add $server
    ip link add eth0 netns $client address 02:00:00:00:01:02 type veth peer name eth0 netns $server \
        address 02:00:00:00:01:03
    for side in $client $server; do
        ip -n $side link set lo up
        ip -n $side link set eth0 gso_max_segs 1 gro_max_size 2048 2> /dev/null || true
        ip -n $side link set eth0 up
    done
    add_addresses $client 2
    add_addresses $server 3
}

# record SIDE FILE BYTES [FILTER]: so much of each packet on the interface of a side goes into $work/FILE; ready when this
# returns
record() {
    ip netns exec "$1" tcpdump -i eth0 -n -U --immediate-mode -s "$3" -w "$work/$2" "${@:4}" 2> "$work/tcpdump.log" &
    recorder=$!
    jobs_started+=("$recorder")
    until grep -q listening "$work/tcpdump.log"; do sleep 0.1; done
}

stop_recording() {
    sleep 0.5
    kill "$recorder"
    wait "$recorder" || true
}
