#!/usr/bin/env bash
# The scripts that tell who sends and receives, live: what they print of bytes, packets and processes that the test knows.
source "$(dirname "$0")/network.sh"

said=$("$PROBEVUE" -e 'int n; @@net:tcp:sendmsg:exit { n++; } @@net:netdev:transmit { n += __owner->pid; } @@BEGIN { exit(); }' 2>&1)
[[ $? != 3 ]] || skip "$(head -n 1 <<<"$said")"

# run_script NAME ARGUMENT...: as it is shipped, with a line that says when it is ready
run_script() {
    { cat "scripts/$1.e"; echo '@@BEGIN { printf("ready\n"); }'; } >"$work/$1.e"
    start "$1" "$work/$1.e" "${@:2}"
}

sent_again() { awk '/^Tcp: [0-9]/ { print $13 }' /proc/net/snmp; } # RetransSegs
before=$(sent_again)
serve 8080
serve in_far 23
run_script tcptop && tops=$id
run_script who_sent_it '"192.0.2.3"' 9 && senders=$id
run_script tcp_retransmissions && again=$id
run_script nettop && nettop=$id
listen near -i near && captures=$id
listen lo -i lo && captures+=" $id"

# transfer ADDRESS PORT: 200,000 bytes there, 1,007 back; process and port on standard output. The server closes first: of
# the last acknowledgement of who does, which a connection in TIME_WAIT sends, nobody is the owner.
transfer() {
    perl -MIO::Socket::INET -e '
        my $socket = IO::Socket::INET->new(PeerAddr => shift, PeerPort => shift, Timeout => 5) or exit 1;
        print $socket "q" x 199999 . "\n"; $socket->flush; <$socket>; <$socket>; print $$, " ", $socket->sockport;
    ' "$@"
}
read -r near_pid near_port <<<"$(transfer 192.0.2.3 23)"
read -r lo_pid lo_port <<<"$(transfer 127.0.0.1 8080)"

# Five datagrams of 100 to 104 bytes.
sender=$(perl -MIO::Socket::INET -e '
    my $socket = IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.3", PeerPort => 9) or die "$!";
    $socket->send("contents!" . "x" x (91 + $_)) for 0 .. 4;
    print $$;')

# Nobody answers there: the request for a connection is sent again.
ip neighbour replace 192.0.2.77 lladdr 02:00:00:00:77:77 dev near nud permanent
background perl -MIO::Socket::INET -e '
    my $socket = IO::Socket::INET->new(PeerAddr => "192.0.2.77", PeerPort => 5000, LocalPort => 4000, Blocking => 0) or die "$!";
    sleep 600; # until it is ended'
asker=$id
was_sent_again() { ss -Htno state syn-sent dst 192.0.2.77 | grep -qE 'timer:\(on,[^,]*,[1-9]'; }
until_true 30 was_sent_again || fail "nothing was sent again"
kill "$asker"
wait "$asker" 2>/dev/null

until_true 30 is_quiet || fail "connections do not end"
after=$(sent_again)
for id in $tops $senders $again $nettop; do
    stop "$id"
    same "exit status" 0 "$status"
done

# shellcheck disable=SC2086
for id in $captures; do stop "$id"; done

# kb PID PORT COLUMN: of tcptop, over all tables: each line leaves less than 1 KB out
kb() { awk -v pid="$1" -v port="$2" -v column="$3" '$1 == pid && $4 == port { sum += $column; lines++ } END { print sum + 0, lines + 0 }' "$work/tcptop.out"; }
# moved SCRIPT: WHAT BYTES SUM LINES
moved() {
    local most=$(($2 / 1024))
    if (($3 <= most && $3 + $4 > most && $4 > 0)); then passed=$((passed + 1)); else fail "$1: $3 KB in $4 lines, $2 bytes were moved"; fi
}
# shellcheck disable=SC2046
moved "tcptop: sent to another host" 200000 $(kb "$near_pid" "$near_port" 8)
# shellcheck disable=SC2046
moved "tcptop: received from there" 1007 $(kb "$near_pid" "$near_port" 7)
# shellcheck disable=SC2046
moved "tcptop: sent to this host" 200000 $(kb "$lo_pid" "$lo_port" 8)
server=$(awk -v port="$lo_port" '$4 == 8080 && $6 == port { print $1; exit }' "$work/tcptop.out")
# shellcheck disable=SC2046
moved "tcptop: received at this host" 200000 $(awk -v port="$lo_port" '$4 == 8080 && $6 == port { sum += $7; lines++ } END { print sum + 0, lines + 0 }' "$work/tcptop.out")

# net PID DEVICE COLUMN: of nettop, over all tables, and lines
net() { awk -v pid="$1" -v device="$2" -v column="$3" '$1 == pid && $3 == device { sum += $column; lines++ } END { print sum + 0, lines + 0 }' "$work/nettop.out"; }
# seen CAPTURE FILTER: how many packets tcpdump sees there, and their bytes
seen() { tcpdump -Z root -nne -r "$work/$1.pcap" "$2" 2>/dev/null | awk '{ for (i = 1; i < NF; i++) if ($i == "length") { sum += $(i + 1); break } } END { print NR, sum + 0 }'; }
# netted WHAT PID DEVICE COLUMN FILTER HEADER: packets stand in the column, and their bytes, less a header of each, two further on
netted() {
    local packets bytes
    read -r packets bytes <<<"$(seen "$3" "$5")"
    same "nettop: packets $1" "$packets" "$(net "$2" "$3" "$4" | cut -d' ' -f1)"
    # shellcheck disable=SC2046
    moved "nettop: bytes $1" $((bytes - $6 * packets)) $(net "$2" "$3" $(($4 + 2)))
}
netted "sent to another host" "$near_pid" near 4 "src host 192.0.2.2 and tcp port $near_port" 0
netted "received from there" "$near_pid" near 5 "dst host 192.0.2.2 and tcp port $near_port" 14
netted "sent in datagrams" "$sender" near 4 "udp port 9" 0
netted "received by the asker" "$lo_pid" lo 5 "tcp src port 8080 and dst port $lo_port" 14
netted "received by the server" "$server" lo 5 "tcp dst port 8080 and src port $lo_port" 14
for column in 4 5; do
    way=$([[ $column == 4 ]] && echo src || echo dst)
    same "nettop: all packets of the device, $way" "$(seen near "ether $way $(mac near)" | cut -d' ' -f1)" \
        "$(awk -v column=$column '$3 == "near" { sum += $column } END { print sum }' "$work/nettop.out")"
done
has "tcptop: the server's process" '^perl$' "$(cat "/proc/${server:-0}/comm")"

same "who_sent_it: packets" "$(for i in 0 1 2 3 4; do echo "perl[$sender] sent packet to 192.0.2.3:9 on near, $((142 + i)) bytes"; done)" \
    "$(grep sent "$work/who_sent_it.out")"
has "who_sent_it: the table" "^ +$sender +0 near +5 +720 perl\$" "$(tail -n 1 "$work/who_sent_it.out")"

# A busy machine may send segments of the other connections again, too.
same "tcp_retransmissions: segments, as the kernel counts" $((after - before)) \
    "$(awk '/^[0-9][0-9]:/ { sum += $8 } END { print sum + 0 }' "$work/tcp_retransmissions.out")"
lines=$(grep -cE "^[0-9:]{8} +$asker +perl +192\.0\.2\.2 +4000 +192\.0\.2\.77 +5000 +1 +[0-9]+\$" "$work/tcp_retransmissions.out")
has "tcp_retransmissions: the process" '^[1-9]' "$lines"
has "tcp_retransmissions: the table" "^192\.0\.2\.2 +4000 192\.0\.2\.77 +5000 +$lines +$lines\$" "$(cat "$work/tcp_retransmissions.out")"
conclude
