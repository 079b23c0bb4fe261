#!/usr/bin/env bash
# The hook at the root of the cgroup hierarchy where nothing of that is mounted, as under `ip netns exec`: it works, or says
# what is missing.
source "$(dirname "$0")/network.sh"

# Its /run is its own, so that the name of the namespace is nobody else's.
in_named_network=(unshare --mount sh -c 'mount -t tmpfs none /run && ip netns attach here $$ && exec ip netns exec here "$@"' sh)
[[ $("${in_named_network[@]}" cat /proc/self/mounts 2>"$work/try") ]] || skip "a network namespace cannot be named here: $(cat "$work/try")"
same "the hierarchy is hidden" "" "$("${in_named_network[@]}" grep cgroup2 /proc/self/mounts)"

script='@@BEGIN { printf("ready\n"); } @@net:tcp:listen_q_full when (__netns == '$(stat -Lc %i /proc/self/ns/net)') { printf("%d\n", __proto_info->local_port); }'
"${in_named_network[@]}" "$PROBEVUE" --hook cgroup -e "$script" >"$work/queue.out" 2>"$work/queue.err" &
id=$!
started+=("$id")
if ! until_true 20 grep -q ready "$work/queue.out"; then
    ! grep -q 'cgroup: missing\|cannot attach' "$work/queue.err" || skip "$(cat "$work/queue.err")"
    fail "the session did not start: $(cat "$work/queue.err")"
fi
overflows() { perl -ane 'if (/^TcpExt: \D/) { @names = @F } elsif (/^TcpExt:/) { %c = map { $names[$_] => $F[$_] } 1..$#F; print $c{ListenOverflows} }' /proc/net/netstat; }
before=$(overflows)
perl -MSocket -MFcntl -e '
    socket(my $listener, PF_INET, SOCK_STREAM, 0) or die "$!";
    bind($listener, pack_sockaddr_in(8090, inet_aton("192.0.2.2"))) && listen($listener, 1) or die "$!";
    my @clients;
    for (1 .. 6) {
        socket(my $client, PF_INET, SOCK_STREAM, 0);
        fcntl($client, F_SETFL, O_NONBLOCK);
        connect($client, pack_sockaddr_in(8090, inet_aton("192.0.2.2")));
        push @clients, $client;
    }
'
counted=$(($(overflows) - before))
[[ $counted -gt 0 ]] || fail "the queue was not full"
until_true 10 eval '[[ $(grep -c 8090 "$work/queue.out") -ge '"$counted"' ]]'
stop "$id"
same "what the kernel refused" "$counted" "$(grep -c 8090 "$work/queue.out")"

# Without the right to mount: the message names what was refused.
some=(setpriv --reuid 65534 --clear-groups --inh-caps +bpf,+perfmon,+net_admin --ambient-caps +bpf,+perfmon,+net_admin)
if "${some[@]}" test -x "$PROBEVUE" 2>/dev/null; then
    "${in_named_network[@]}" "${some[@]}" "$PROBEVUE" --hook cgroup -e "$script" >"$work/refused" 2>&1
    same "without the right to mount: exit status" 3 $?
    has "without the right to mount" 'nothing of the unified cgroup hierarchy is mounted here .*ip netns exec.*refused: Operation not permitted \(run it as root' "$(cat "$work/refused")"
else
    echo "another user cannot run $PROBEVUE: what it may not do was left out"
fi
conclude
