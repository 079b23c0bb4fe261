# Eight hosts, which are network namespaces at one bridge, and a store of metrics that scrapes a session of probevue on each, as in
# docs/metrics.md: what it adds up is what was sent, also when a host has died. Sourced from the root of the source tree by the test of a
# store, which then calls scraped_test ENGINE, and defines
#
#     engine_start    starts it in the folder $work/store, where the files of share/prometheus are
#     engine_url      where its API is
. tests/live/network.sh
for tool in curl nstat ping python3; do command -v "$tool" >/dev/null || skip "$tool is not installed (.ci/setup test)"; done

hosts=(1 2 3 4 5 6 7 8)
sessions=()

# make_hosts: 203.0.113.1 to .8; the store has .100
make_hosts() {
    local number
    ip link add hosts type bridge 2>/dev/null || skip "a bridge cannot be made here"
    echo 1 >/proc/sys/net/ipv6/conf/hosts/disable_ipv6 2>/dev/null
    ip address add 203.0.113.100/24 dev hosts
    ip link set hosts up
    for number in "${hosts[@]}"; do
        new_space
        printf -v "host$number" %s "$space"
        ip link add "to$number" type veth peer name eth0
        ip link set eth0 netns "$space"
        ip link set "to$number" master hosts up
        on "$number" ip link set lo up
        on "$number" ip address add "203.0.113.$number/24" dev eth0
        on "$number" ip link set eth0 up
        background "in_host$number" perl -MIO::Socket::INET -e '
            my $socket = IO::Socket::INET->new(Proto => "udp", LocalPort => 9) or die "$!";
            $| = 1; print "listening\n";
            while (1) { $socket->recv(my $data, 100); }' >"$work/drain$number"
        until_true 20 grep -q listening "$work/drain$number" || fail "no receiver on host $number"
    done
}
# on NUMBER COMMAND...: on that host
on() {
    local name=host$1
    nsenter --net=/proc/"${!name}"/ns/net "${@:2}"
}
# session NUMBER: the script of the page on that host
session() {
    background "in_host$1" "$PROBEVUE" --metrics "203.0.113.$1:9465" "$work/packets.e" >"$work/$1.out" 2>"$work/$1.err"
    sessions[$1]=$id
}
serves() { curl -sS --max-time 5 "http://203.0.113.$1:9465/metrics" 2>/dev/null | grep -q '^probevue_up 1'; }

# send BASE HOST...: to each of the hosts so many echo requests and so many datagrams, a few more for each. Adds what ping says that it
# sent and got to echoes, and what has come to UDP there, by the kernel's count, to datagrams.
echoes=0 datagrams=0
send() {
    local base=$1 number said before
    shift
    for number in "$@"; do
        said=$(ping -q -c $((base + 3 * number)) -i 0.002 -W 10 "203.0.113.$number") || fail "ping to host $number: $said"
        [[ $said =~ ([0-9]+)\ packets\ transmitted,\ ([0-9]+)\ received ]] || fail "ping says: $said"
        echoes=$((echoes + BASH_REMATCH[1] + BASH_REMATCH[2]))
        before=$(datagrams_of "$number")
        perl -MIO::Socket::INET -e '
            my $socket = IO::Socket::INET->new(Proto => "udp", PeerAddr => $ARGV[0], PeerPort => 9) or die "$!";
            for (1 .. $ARGV[1]) { $socket->send("x") == 1 or die "$!"; }' "203.0.113.$number" $((2 * base + number)) || fail "no datagrams to host $number"
        # The kernel counts them as they are read.
        until_true 20 eval '[[ $(datagrams_of '"$number"') -ge '$((before + 2 * base + number))' ]]' || fail "datagrams to host $number are lost"
        datagrams=$((datagrams + $(datagrams_of "$number") - before))
    done
}
# datagrams_of HOST: how many have come to UDP there
datagrams_of() { on "$1" nstat -asz UdpInDatagrams UdpNoPorts UdpInErrors | awk '!/^#/ { n += $2 } END { print n }'; }

# answers QUERY: the series, one a line: value, then the labels' values
answers() {
    curl -sS --max-time 10 --get --data-urlencode "query=$1" "$(engine_url)/api/v1/query" | python3 -c '
import json, sys
answer = json.load(sys.stdin)
if answer["status"] != "success": sys.exit(str(answer))
for series in answer["data"]["result"]: print(series["value"][1], *[series["metric"][key] for key in sorted(series["metric"]) if key != "__name__"])' | sort
}
# soon WHAT EXPECTED QUERY: the answer, as soon as it is there
soon() {
    is_answer() { [[ $(answers "$1") == "$2" ]]; }
    until_true 60 is_answer "$3" "$2"
    same "$1" "$2" "$(answers "$3" 2>&1)"
}

# copy_configuration: what the page tells to copy, with the eight hosts, and a second in place of five
copy_configuration() {
    mkdir "$work/store"
    cp share/prometheus/*.yml "$work/store/"
    sed -i 's/_interval: 5s$/_interval: 1s/' "$work/store/prometheus.yml"
    { echo "- targets:"; for number in "${hosts[@]}"; do echo "    - 203.0.113.$number:9465"; done; } >"$work/store/hosts.yml"
    sed -n '/^```c file=packets.e/,/^```$/ { /^```/d; p }' docs/metrics.md >"$work/packets.e"
    [[ -s $work/packets.e ]] || fail "docs/metrics.md has no packets.e"
}

scraped_test() {
    make_hosts
    copy_configuration
    for number in "${hosts[@]}"; do session "$number"; done
    for number in "${hosts[@]}"; do
        until_true 60 serves "$number" || { cat "$work/$number.err"; fail "host $number does not serve"; }
    done
    engine_start
    soon "all hosts are scraped" 8 'sum(up{job="probevue"})'

    send 50 "${hosts[@]}"
    soon "$1: all that was sent" "$(printf '%s\n' "$echoes 1" "$datagrams 17" | sort)" 'sum by (protocol) (probevue_seen_total)'
    soon "$1: in one number" $((echoes + datagrams)) 'sum(probevue_seen_total)'
    soon "$1: of one destination" "$(datagrams_of 3)" 'sum(probevue_seen_total{dst_addr="203.0.113.3",protocol="17"})'
    soon "$1: nothing was lost" "" 'sum by (instance, stage) (probevue_lost_total) > 0'

    # A host dies. What it had counted is told by its last values; the others go on.
    kill -KILL "${sessions[5]}"
    wait "${sessions[5]}" 2>/dev/null
    soon "$1: one is missing" "0 203.0.113.5:9465 probevue" 'up{job="probevue"} == 0'
    send 20 1 2 3 4 6 7 8
    soon "$1: with the dead one" "$(printf '%s\n' "$echoes 1" "$datagrams 17" | sort)" 'sum by (protocol) (last_over_time(probevue_seen_total[1h]))'
    soon "$1: without the dead one" $((datagrams - $(datagrams_of 5))) 'sum(probevue_seen_total{protocol="17"})'
    soon "$1: still missing" "0 203.0.113.5:9465 probevue" 'up{job="probevue"} == 0'
}
