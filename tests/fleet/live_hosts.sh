# Eight hosts, which are network namespaces, each with a name of its own. Sourced by tests of live sessions, behind engine.sh; they set work first.

needs ip iproute2
hosts=pv$$h
number_of_hosts=8
remove_hosts() {
    for ((number = 1; number <= number_of_hosts; ++number)); do ip netns delete "$hosts$number" 2>/dev/null; done
}
make_hosts() {
    for ((number = 1; number <= number_of_hosts; ++number)); do
        ip netns add "$hosts$number" 2>/dev/null || { echo "skipped: network namespaces cannot be made here"; exit 77; }
        ip -n "$hosts$number" link set lo up
    done
    # Runs a command on a host, as ssh does: with its name.
    cat >"$work/reach" <<'end'
#!/bin/sh
host=$1
shift
exec ip netns exec "$host" unshare --uts sh -c 'hostname "$0" && exec "$@"' "$host" "$@"
end
    chmod +x "$work/reach"
    "$work/reach" "${hosts}1" "$PROBEVUE" --for 100ms -e '@@net:bpf:lo:icmp4:"" { n++; }' >/dev/null 2>"$work/try" || { echo "skipped: $(head -n 1 "$work/try")"; exit 77; }
    cat >"$work/pings.e" <<'end'
int all;
@@net:bpf:lo:icmp4:"icmp[icmptype] == icmp-echo" { all++; by_length[__pkt->len]++; }
@@interval:*:clock:1000 { printf("so far %d\n", all); }
@@END { printf("%d packets\n", all); print(by_length); }
end
}
# listens HOST: a session there has enabled its probes; then it becomes another user
listens() {
    local process
    for process in $(ip netns pids "$1"); do
        [[ $(readlink "/proc/$process/exe") == "$PROBEVUE" ]] && awk '/^Uid:/ { other = $2 != 0 } END { exit !other }' "/proc/$process/status" && return
    done
    return 1
}
# all_listen: a session takes packets on each host
all_listen() {
    local number
    for ((number = 1; number <= number_of_hosts; ++number)); do listens "$hosts$number" || return; done
}
# pings HOST COUNT: as many packets there as ping says that it has sent; adds them to sent
pings() {
    local told
    told=$(ip netns exec "$1" ping -q -i 0.01 -c "$2" 127.0.0.1 | sed -nE 's/^([0-9]+) packets transmitted.*/\1/p')
    sent=$((sent + told))
}
