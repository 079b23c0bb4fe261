# For the live tests, sourced: a network of the test's own, and what they need to start and stop probevue there.
#
# Sourcing starts the test again inside a new network namespace and makes there: lo, and `near` (192.0.2.2, 2001:db8::2), joined to `far` (192.0.2.3, 2001:db8::3) in a
# second namespace. Both are gone when the test ends. Where that is not permitted, the test ends with 77 and says why.
set -uo pipefail
self=$(readlink -f "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PROBEVUE=${PROBEVUE:-$PWD/build/release/probevue}
export LC_ALL=C TZ=UTC NO_COLOR=1

skip() {
    echo "skipped: $1"
    exit 77
}

if [[ -z ${PROBEVUE_TEST_NETWORK:-} ]]; then
    for tool in ip tcpdump unshare nsenter perl; do
        command -v $tool >/dev/null || skip "$tool is not installed"
    done
    why=$(unshare --net true 2>&1) || skip "network namespaces are not permitted here: $why"
    PROBEVUE_TEST_NETWORK=1 exec unshare --net "$self" "$@"
fi

work=$(mktemp -d)
started=()
failed=0 passed=0

finish() {
    local id
    for id in "${started[@]}"; do kill "$id" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT

# new_space: one more network namespace, which is gone when the test ends; $space is a process in it
new_space() {
    unshare --net sleep 600 &
    space=$!
    started+=("$space")
    until [[ $(readlink /proc/$space/ns/net) != "$(readlink /proc/self/ns/net)" ]]; do sleep 0.02; done
}

make_network() {
    new_space
    far=$space
    ip link set lo up && ip link add near type veth peer name far || skip "a veth pair cannot be made here"
    ip link set far netns "$far"
    echo 1 >/proc/sys/net/ipv6/conf/near/disable_ipv6 2>/dev/null # no neighbour discovery that nobody asked for
    ip address add 192.0.2.2/24 dev near
    in_far ip link set lo up
    in_far sh -c 'echo 1 >/proc/sys/net/ipv6/conf/far/disable_ipv6' 2>/dev/null
    in_far ip address add 192.0.2.3/24 dev far
    ip link set near up
    in_far ip link set far up
}

in_far() { nsenter --net=/proc/"$far"/ns/net "$@"; }

# mac DEVICE [in_far]: its hardware address; index_of DEVICE: its number
mac() { "${@:2}" ip -o link show "$1" | sed -E 's|.*link/ether ([0-9a-f:]+) .*|\1|'; }
index_of() { ip -o link show "$1" | cut -d: -f1; }

# device_counts received|sent DEVICE: bytes and packets, by the kernel's count
device_counts() {
    local first=2
    [[ $1 == received ]] || first=10
    awk -v device="$2:" -v first=$first '$1 == device { print $first, $(first + 1) }' /proc/net/dev
}

# know_neighbours: nobody has to ask for the addresses of `near` and `far`: what arrives is what the test sends
know_neighbours() {
    ip neighbour replace 192.0.2.3 lladdr "$(mac far in_far)" dev near nud permanent
    in_far ip neighbour replace 192.0.2.2 lladdr "$(mac near)" dev far nud permanent
}

# background [in_NAME] COMMAND...: starts it, so that it ends with the test; its id is in $id. `in_far` is the namespace of the
# process $far, and so on.
background() {
    local before=() where
    [[ $1 != in_* ]] || { where=${1#in_}; shift; before=(nsenter --net=/proc/"${!where}"/ns/net); }
    "${before[@]}" "$@" &
    id=$!
    started+=("$id")
}

# until_true SECONDS COMMAND...: waits for it
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@" 2>/dev/null; do
        ((SECONDS < end)) || return 1
        sleep 0.05 # between two looks
    done
}

# has_enabled ID: this session of root has enabled its probes; then it becomes another user. (Its packet sockets are there
# before that, and what they see until then is not counted.)
has_enabled() { awk '/^Uid:/ { other = $2 != 0 } END { exit !other }' "/proc/$1/status"; }

# start NAME ARGUMENT...: probevue in the background, its output in $work/NAME.out and .err; its id is in $id. The
# script must print a line `ready` in BEGIN: when this returns, its probes are enabled.
start() {
    local name=$1
    shift
    : >"$work/$name.out" # of one that had this name before, not a line is taken for this one's
    "$PROBEVUE" "$@" >"$work/$name.out" 2>"$work/$name.err" &
    id=$!
    started+=("$id")
    until_true 60 grep -qE '(^|")ready' "$work/$name.out" || { fail "$name did not start: $(cat "$work/$name.err")"; return 1; }
}

# listen NAME ARGUMENT...: tcpdump in the background, writing $work/NAME.pcap
listen() {
    local name=$1
    shift
    # Without -s its ring would hold a handful of packets only.
    tcpdump -Z root -n -U -s 2048 -B 8192 --immediate-mode --time-stamp-precision=nano -w "$work/$name.pcap" "$@" 2>"$work/$name.log" &
    id=$!
    started+=("$id")
    until_true 20 grep -q listening "$work/$name.log" || { fail "tcpdump did not start: $(cat "$work/$name.log")"; return 1; }
}

# is_quiet: nothing is under way that the traffic below has begun: no connection opens or closes, nobody asks for a
# neighbour's address
is_quiet() {
    local space
    for space in "" in_far; do
        [[ -z $($space ss -Htan | grep -vE '^(LISTEN|TIME-WAIT)') ]] || return 1
        [[ -z $($space ip neighbour show nud incomplete) ]] || return 1
    done
}

# settle NAME ADDRESS: a last packet to the address when all is quiet; returns when tcpdump's $work/NAME.pcap has it,
# hence all before it. From then on nobody asks for a neighbour once more, as the kernel does five seconds after it has
# used an address that it was told (DELAY of RFC 4861, 7.3.2): who listens longer than others would see that.
settle() {
    local before
    know_neighbours || fail "the neighbours cannot be made permanent"
    until_true 30 is_quiet || fail "traffic does not end"
    before=$(count_packets "$1" "udp dst port 9")
    datagrams 9 1 "$2"
    until_true 20 eval '[[ $(count_packets '"$1"' "udp dst port 9") -gt '"$before"' ]]' || fail "tcpdump has not seen the last packet"
}

# stop ID [SIGNAL]: ends it and waits; its exit status is in $status
stop() {
    kill -s "${2:-INT}" "$1" 2>/dev/null
    wait "$1"
    status=$?
}

# system_calls_or_skip: the test ends where they may not be traced. The call is made by a child: a quiet machine may make
# none for minutes.
system_calls_or_skip() {
    timeout 20 "$PROBEVUE" -X /bin/true -e '@@syscallx:*:*:entry { exit(); }' >/dev/null 2>"$work/try"
    [[ $? != 3 ]] || skip "$(head -n 1 "$work/try")"
}

# count_packets FILE [FILTER]: how many packets tcpdump finds there
count_packets() { tcpdump -Z root -nn -r "$work/$1.pcap" "${2:-}" 2>/dev/null | wc -l; }

fail() {
    echo "FAIL $1"
    failed=$((failed + 1))
}

# same WHAT EXPECTED GOT
same() {
    if [[ $2 == "$3" ]]; then
        passed=$((passed + 1))
    else
        fail "$1"
        diff <(echo "$2") <(echo "$3") | head -n 10
    fi
}

# has WHAT PATTERN TEXT: an extended regular expression
has() {
    if grep -qE -- "$2" <<<"$3"; then passed=$((passed + 1)); else fail "$1: no \`$2\` in: $3"; fi
}

# conclude: to be called last
conclude() {
    echo "$passed passed, $failed failed"
    [[ $failed == 0 && $passed -gt 0 ]]
    exit
}

# --- traffic, with the perl that every Debian has -------------------------------------------------------------------

# serve [in_far] PORT: a TCP server that sends `answer` and 1000 bytes to each connection
serve() {
    local port=${*: -1}
    background "${@:1:$#-1}" perl -MIO::Socket::INET -e '
        my $server = IO::Socket::INET->new(LocalPort => shift, Listen => 5, ReuseAddr => 1) or die "$!";
        $| = 1; print "listening\n";
        while (my $client = $server->accept) { <$client>; print $client "answer" . "x" x 1000 . "\n"; close $client; }
    ' "$port" >"$work/server.$port" 2>&1
    until_true 10 grep -q listening "$work/server.$port"
}

# ask ADDRESS PORT: one connection: a line there, the answer back; its local port on standard output
ask() {
    perl -MIO::Socket::INET -e '
        my $socket = IO::Socket::INET->new(PeerAddr => shift, PeerPort => shift, Timeout => 5) or exit 1;
        print $socket->sockport; print $socket "question\n"; $socket->flush; my $answer = <$socket>;
        exit(length($answer) == 1007 ? 0 : 1);
    ' "$1" "$2"
}

# serve_lines [in_NAME] PORT SIZE: a TCP server over both versions of IP that answers a line with one of so many bytes
serve_lines() {
    local port=${*: -2:1}
    background "${@:1:$#-2}" perl -MIO::Socket::IP -e '
        my ($port, $size) = @ARGV;
        my $server = IO::Socket::IP->new(LocalHost => "::", LocalPort => $port, Listen => 5, V6Only => 0) or die "$@";
        $| = 1; print "listening\n";
        while (my $client = $server->accept) { <$client>; print $client "x" x $size . "\n"; close $client; }
    ' "${@: -2}" >"$work/server.$port" 2>&1
    until_true 10 grep -q listening "$work/server.$port" || fail "the server did not start: $(<"$work/server.$port")"
}

# ask_line ADDRESS PORT SIZE [in_NAME]: one connection to it; fails where that is not what comes back
ask_line() {
    "${@:4}" perl -MIO::Socket::IP -e '
        my ($to, $port, $size) = @ARGV;
        my $socket = IO::Socket::IP->new(PeerHost => $to, PeerPort => $port) or exit 1;
        print $socket "?\n"; $socket->flush; exit(length(<$socket>) == $size + 1 ? 0 : 1);
    ' "$1" "$2" "$3"
}

# datagrams PORT SIZE ADDRESS...: to each address in turn one datagram with so many bytes, one more each time
datagrams() {
    perl -MIO::Socket::INET -e '
        my ($port, $size, @to) = @ARGV;
        for my $address (@to) {
            my $socket = IO::Socket::INET->new(Proto => "udp", PeerAddr => $address, PeerPort => $port) or die "$!";
            $socket->send("x" x $size++);
        }
    ' "$@"
}

# taken [in_far]: how many datagrams have come to UDP in this namespace, whatever became of them. Packet sockets have
# seen them before.
taken() {
    "$@" cat /proc/net/snmp | awk '/^Udp: [0-9]/ { print $2 + $3 + $4 }' # InDatagrams, NoPorts, InErrors
}

# have_come NUMBER [in_far]: at least so many datagrams have
have_come() { [[ $(taken "${@:2}") -ge $1 ]]; }

# drain [in_far]: takes datagrams to port 9, so that nobody answers them
drain() {
    background "$@" perl -MIO::Socket::INET -e '
        my $socket = IO::Socket::INET->new(Proto => "udp", LocalPort => 9) or die "$!";
        $| = 1; print "listening\n";
        while (1) { $socket->recv(my $data, 100); }
    ' >"$work/drain" 2>&1
    until_true 10 grep -q listening "$work/drain"
    rm "$work/drain"
}

make_network
drain
drain in_far
