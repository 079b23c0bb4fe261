#!/usr/bin/env bash
# The scripts on events of TCP, live: what they print of connections whose ports and processes the test knows.
source "$(dirname "$0")/network.sh"

said=$("$PROBEVUE" -e 'int n; @@net:tcp:state_change { n++; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

# run_script NAME: as it is shipped, with a line that says when it is ready
run_script() {
    { cat "scripts/$1.e"; echo '@@BEGIN { printf("ready\n"); }'; } >"$work/$1.e"
    start "$1" "$work/$1.e"
}

serve 8080
serve in_far 23
run_script tcpstates && states=$id
run_script tcpconnect && connects=$id
run_script tcplife && lives=$id
run_script tcpaccept && accepts=$id
run_script tcp_connections && incoming=$id
run_script tcpdrop && drops=$id
run_script dropwatch && watch=$id
start symbols -e '
    @@BEGIN { printf("ready\n"); }
    @@net:skb:drop { if (symbol(__drop->location) == __drop->symbol) same++; else others[symbol(__drop->location)]++; }
    @@END { printf("same %d, nowhere %s\n", same, symbol(16)); print(others); }' && symbols=$id
# connection ADDRESS PORT: one; its process, ports and address on standard output
connection() {
    perl -MIO::Socket::INET -e '
        my ($to, $port) = @ARGV;
        my $socket = IO::Socket::INET->new(PeerAddr => $to, PeerPort => $port, Timeout => 5) or exit 1;
        print $socket "question\n"; $socket->flush; <$socket>; print $$, " ", $socket->sockport, " $port $to";
    ' "$@"
}
asked=()
for i in 1 2 3; do asked+=("$(connection 192.0.2.3 23)" "$(connection 127.0.0.1 8080)"); done
ask 192.0.2.3 81 >/dev/null # refused
ask 127.0.0.1 82 >/dev/null # refused here
until_true 30 is_quiet || fail "connections do not end"
stop "$states"
same "tcpstates: exit status" 0 "$status"
stop "$connects"
same "tcpconnect: exit status" 0 "$status"
stop "$lives"
same "tcplife: exit status" 0 "$status"
stop "$accepts"
same "tcpaccept: exit status" 0 "$status"
stop "$incoming"
same "tcp_connections: exit status" 0 "$status"
stop "$drops"
same "tcpdrop: exit status" 0 "$status"
stop "$watch"
same "dropwatch: exit status" 0 "$status"
stop "$symbols"
has "symbol(): that of the event" '^same [1-9][0-9]*, nowhere 0x10$' "$(cat "$work/symbols.out")"
same "symbol(): all others" 2 "$(grep -c . "$work/symbols.out")"

for one in "${asked[@]}"; do
    read -r pid port to_port to <<<"$one"
    [[ -n $to ]] || fail "a connection failed: $one"
    line=$(awk -v port="$port" '$4 == port || $6 == port' "$work/tcpconnect.out")
    has "tcpconnect: port $port" "^$pid +perl +[0-9.]+ +$port +$to +$to_port *\$" "$line"
    # One line an end: the process that asked, and perl or whoever serves.
    life=$(awk -v port="$port" '$4 == port' "$work/tcplife.out")
    has "tcplife: port $port" "^$pid +perl +[0-9.]+ +$port +$to +$to_port +0 +[0-9]+ [0-9.]+\$" "$life"
    if [[ $to == 127.* ]]; then # the other end is of this network too
        same "tcplife: the other end of port $port" 1 "$(awk -v port="$port" '$6 == port' "$work/tcplife.out" | wc -l)"
        has "tcpaccept: port $port" "^[0-9]+ +[a-z0-9]+ +[0-9.]+ +$port +$to +$to_port *\$" "$(awk -v port="$port" '$4 == port' "$work/tcpaccept.out")"
    fi
    # Whichever end closes first: each state is left for the next, from the beginning to one of the two ends.
    states=$(awk -v port="$port" '$5 == port { print $8, $10 }' "$work/tcpstates.out")
    chain=$(awk 'NR > 1 && $1 != before { print "not", before } { before = $2; print $1 } END { print before }' <<<"$states" | paste -sd ' ')
    has "tcpstates: port $port" '^CLOSE SYN_SENT ESTABLISHED (CLOSE_WAIT LAST_ACK CLOSE|FIN_WAIT1 (FIN_WAIT2|CLOSING) TIME_WAIT)$' "$chain"
done
same "tcpconnect: lines of refused connections" 1 "$(awk '$6 == 81' "$work/tcpconnect.out" | wc -l)"
same "tcp_connections: lines" 3 "$(grep -Ec '^ +[0-9]+ +[a-z0-9]+ +[0-9]+ +8080 +127\.0\.0\.1$' "$work/tcp_connections.out")"
has "tcpdrop: the refused connection" '^-1 +[0-9.]+ +[0-9]+ +> +127\.0\.0\.1 +82 +S +NO_SOCKET +[a-z0-9_]+$' "$(cat "$work/tcpdrop.out")"
function=$(awk '$6 == 82 || $7 == 82 { print $NF }' "$work/tcpdrop.out")
has "dropwatch: the refused connection" "^[1-9][0-9]* packets dropped at ${function:-?}\$" "$(cat "$work/dropwatch.out")"
has "dropwatch: its reason" "^ +[1-9][0-9]* NO_SOCKET +${function:-?}\$" "$(cat "$work/dropwatch.out")"
has "tcpconnect: the summary" '^connects\[perl, 192\.0\.2\.3, 23\] = 3$' "$(cat "$work/tcpconnect.out")"
conclude
