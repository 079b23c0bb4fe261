#!/usr/bin/env bash
# A session that waits for events sleeps: it is woken less than twice a second while none comes, and soon when one does.
source "$(dirname "$0")/network.sh"

"$PROBEVUE" -l '@@net:tcp:state_change' -v | grep -q 'through tracepoint' || skip "events of the kernel cannot be traced here"
event='@@net:tcp:state_change when (__cur_state == TCPS_SYN_SENT)'
declare -A session=(
    [events]="$event { printf(\"%d\\n\", __proto_info->remote_port); }"
    [packets]="$event { n++; printf(\"%d\\n\", __proto_info->remote_port); } @@net:bpf:lo:udp:\"udp dst port 5000\" { n++; }"
    [kept]="$event { n[__proto_info->remote_port]++; }"
)
switches() { sed -n 's/^voluntary_ctxt_switches:\s*//p' /proc/"$id"/status; }
# Nothing is left to do from before when a second passes with hardly a wake-up.
quiet() {
    local before
    before=$(switches)
    sleep 1 # wake-ups are counted by time
    (($(switches) - before <= 2))
}

for kind in events packets kept; do
    start "$kind" -e '@@BEGIN { printf("ready\n"); } '"${session[$kind]}"
    until_true 30 quiet || fail "$kind: it does not come to rest"
    before=$(switches) began=$(date +%s%N)
    sleep 4 # as above
    woken=$(($(switches) - before))
    seconds=$((($(date +%s%N) - began) / 1000000000))
    ((woken < 2 * seconds)) || fail "$kind: $woken wake-ups in $seconds seconds without an event"
    passed=$((passed + 1))
    stop "$id"
    same "$kind: exit status" 0 "$status"
done

# The first event after a rest: the middle one of five must show at once. Each waits until the one before has shown, and
# the session rests.
start latency -e '@@BEGIN { printf("ready\n"); } '"${session[events]}"
latencies=()
for port in 81 82 83 84 85; do
    until_true 30 quiet || fail "latency: it does not come to rest"
    latencies+=("$(perl -MIO::Socket::INET -MTime::HiRes=time,sleep -e '
        my ($port, $file) = @ARGV;
        open my $lines, "<", $file or die "$!";
        my $began = time;
        IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port);
        until (grep { $_ eq "$port\n" } <$lines>) { time - $began < 10 or last; seek $lines, 0, 1; sleep 0.001 } # between two looks
        printf "%d\n", 1000 * (time - $began)' "$port" "$work/latency.out")")
done
stop "$id"
middle=$(printf '%s\n' "${latencies[@]}" | sort -n | sed -n 3p)
echo "first event after a rest, ms until it shows: ${latencies[*]}"
((middle < 300)) || fail "latency: $middle ms"
passed=$((passed + 1))
conclude
