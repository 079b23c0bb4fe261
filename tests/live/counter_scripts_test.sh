#!/usr/bin/env bash
# The scripts that count what nstat counts, that tell round-trip times and that tell who waits for room to send, live: against
# nstat, TCP_INFO and what a sender knows by itself.
source "$(dirname "$0")/network.sh"

command -v nstat >/dev/null || skip "nstat is not installed"
said=$("$PROBEVUE" -e 'int n; @@net:tcp:sendmsg:exit { n += __sockcall->flags; } @@net:tcp:reset_sent, @@net:tcp:send_buf_full, @@net:tcp:listen_q_full { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

# run_script NAME: as it is shipped, with a line that says when it is ready
run_script() {
    { cat "scripts/$1.e"; echo '@@BEGIN { printf("ready\n"); }'; } >"$work/$1.e"
    start "$1" "$work/$1.e"
}
counts() { NSTAT_HISTORY="$work/history" nstat -asz | awk '!/^#/ { print $1, $2 }'; }

serve 8080
serve in_far 23
counts >"$work/before"
run_script tcpip_counters && counters=$id
run_script tcprtt && times=$id
run_script sk_stream_wait && waits=$id

# Ten questions and answers; prints the smoothed round-trip time as TCP_INFO has it then.
rtt=$(perl -MIO::Socket::INET -MSocket=:all -e '
    my $last;
    for (1 .. 10) {
        my $socket = IO::Socket::INET->new(PeerAddr => "192.0.2.3", PeerPort => 23, Timeout => 5) or die "$!";
        print $socket "question\n"; $socket->flush; <$socket>;
        $last = unpack "x68 L", getsockopt($socket, IPPROTO_TCP, 11);
    }
    print $last')
for i in 1 2 3; do ask 127.0.0.1 81 >/dev/null; done # refused: resets that leave here
# A connection that ends with a reset, a listener that has room for one, a socket with room for few datagrams.
perl -MIO::Socket::INET -MSocket=:all -e '
    my $reset = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 8080) or die "$!";
    setsockopt($reset, SOL_SOCKET, SO_LINGER, pack("ii", 1, 0));
    close $reset;
    my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 5000, Listen => 1) or die "$!";
    my @clients = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 5000, Blocking => 0) } 1 .. 6;
    my $deaf = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1", LocalPort => 5001) or die "$!";
    setsockopt($deaf, SOL_SOCKET, SO_RCVBUF, 4096);
    my $datagrams = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1", PeerPort => 5001) or die "$!";
    $datagrams->send("x" x 500) for 1 .. 40;'

# A sender that waits until the reader is told to read, and then one that may not wait.
background perl -MIO::Socket::INET -e '
    my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 5002, Listen => 5) or die "$!";
    open my $told, ">", "'"$work"'/listening"; close $told;
    my $served = $listener->accept;
    select(undef, undef, undef, 0.02) until -e "'"$work"'/read";
    my $bytes;
    1 while sysread($served, $bytes, 100000);'
until_true 30 test -e "$work/listening" || fail "nobody listens"
begun=$(date +%s%6N)
background perl -MIO::Socket::INET -MSocket=:all -e '
    my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 5002) or die "$!";
    setsockopt($socket, SOL_SOCKET, SO_SNDBUF, 20000);
    my $sent = syswrite($socket, "x" x 8000000);
    printf "%d %d\n", $$, $sent;
    close $socket;' >"$work/sender"
sender=$id
until_true 60 grep -q "($sender) found its send buffer full" "$work/sk_stream_wait.out" || fail "no sender waits"
blocked=$(date +%s%6N)
touch "$work/read"
until_true 60 test -s "$work/sender" || fail "the sender still waits"
ended=$(date +%s%6N)

until_true 60 is_quiet || fail "connections do not end"
counts >"$work/after"
for id in $counters $times $waits; do
    stop "$id"
    same "exit status" 0 "$status"
done

# --- counters: the kernel's differences, and the sums of what was told every second
sed -n '/^#kernel, in all/,$p' "$work/tcpip_counters.out" | grep -v '^#' >"$work/all"
same "counters" 9 "$(wc -l <"$work/all")"
while read -r name count; do
    kernel=$(awk -v name="$name" '$1 == name { sum = $2 - sum } END { print sum }' "$work/before" "$work/after")
    same "$name" "$kernel" "$count"
done <"$work/all"
for name in TcpActiveOpens TcpPassiveOpens TcpEstabResets TcpOutRsts UdpRcvbufErrors TcpExtListenOverflows; do
    has "$name has something to count" '^[1-9]' "$(awk -v name=$name '$1 == name { print $2 }' "$work/all")"
done
told=$(sed '/^#kernel, in all/,$d' "$work/tcpip_counters.out" | awk '$1 == "TcpActiveOpens" { sum += $2 } END { print sum + 0 }')
whole=$(awk '$1 == "TcpActiveOpens" { print $2 }' "$work/all")
((told <= whole)) || fail "every second: $told of $whole connections"

# --- round-trip times: the slot of the last one has it
slots=$(awk '/^usecs\[/ { here = /192\.0\.2\.3/ } here && $2 == "-"' "$work/tcprtt.out")
has "tcprtt: the slot of $rtt us" '^[1-9]' "$(awk -v rtt="$rtt" '$1 <= rtt && rtt < $3 { print $4 }' <<<"$slots")"
same "tcprtt: calls to 192.0.2.3" 20 "$(awk '{ sum += $4 } END { print sum }' <<<"$slots")"

# --- waits
read -r pid sent <"$work/sender"
line=$(grep "perl($pid) recovered" "$work/sk_stream_wait.out")
has "sk_stream_wait: the end" "^[0-9]{16}: perl\\($pid\\) recovered from full send buffer, [0-9]+ us, returned $sent\$" "$line"
waited=$(sed -E 's/.*buffer, ([0-9]+) us.*/\1/' <<<"$line")
((${waited:-0} > 0 && waited <= ended - begun)) || fail "sk_stream_wait: waited $waited us of $((ended - begun))"
[[ ${line%%:*} -ge $blocked ]] || fail "sk_stream_wait: it ended before anybody read"
has "sk_stream_wait: the table" "^$pid +perl +1 +$waited\$" "$(cat "$work/sk_stream_wait.out")"
conclude
