#!/usr/bin/env bash
# The live screen on live traffic: what it shows is what the kernel counts, of packets, which the engine counts, and of
# events, whose counts stay in the kernel.
command -v tmux >/dev/null || { echo "skipped: tmux is not installed"; exit 77; }
source "$(dirname "$0")/network.sh"
unset NO_COLOR TMUX
know_neighbours || fail "the neighbours cannot be made permanent"

echo '@@net:bpf:near:udp:"udp dst port 5000" { packets_to[__pkt->dst_addr]++; }' >"$work/count.e"
events='@@net:netdev:transmit:"udp dst port 5000" { sent_by[__netdev->dev_name]++; }'
with_events=0
if "$PROBEVUE" -d place -e "$events" 2>&1 | grep -q kernel; then
    echo "$events" >>"$work/count.e"
    with_events=1
else
    echo "not here: counts that stay in the kernel: $("$PROBEVUE" -d place -e "$events" 2>&1)"
fi

listen dump -i near "udp dst port 5000"
counted() { count_packets dump "udp dst port 5000"; }

tm() { tmux -L "probevue-top-$$" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null; finish' EXIT
screen() { tm capture-pane -p 2>/dev/null; }
shows() { until_true 60 eval 'grep -qE -- "$pattern" <(screen)' && passed=$((passed + 1)) || { fail "$1: no line is \`$pattern\`: $(screen)"; }; }

# The terminal stays until it is closed: cat waits behind the program.
tm new-session -d -x 100 -y 24 "LC_ALL=C '$PROBEVUE' --top '$work/count.e' 2>'$work/err'; echo \"<back> \$?\"; cat"
pattern=' live ' shows "the screen"
# Packets are sent once the first is seen: probes are enabled then.
# Not connected: nobody listens, and a refusal that comes back would fail the next call.
send() {
    perl -MSocket -e 'socket my $s, PF_INET, SOCK_DGRAM, 0 or die "$!"; my $to = pack_sockaddr_in(5000, inet_aton("192.0.2.3"));
        for (1 .. $ARGV[0]) { send $s, "x", 0, $to or die "$!" }' "$1"
}
first() { send 1; grep -qE '^192\.0\.2\.3 ' <(screen); }
until_true 60 first || fail "the first packet is not seen: $(screen)"
# Some may have been sent before the probe was there: what is counted from here on is compared.
shown() { screen | sed -nE 's/^192\.0\.2\.3 +([0-9]+) .*/\1/p'; }
until_true 30 eval 'a=$(shown); sleep 1.2; [[ -n $a && $a == "$(shown)" ]]' || fail "it does not come to rest" # a frame lies between two looks
base=$(shown)
before=$(counted)
for count in 100 200 300; do send $count; done
sent=600
until_true 30 eval '(($(counted) == before + sent))' || fail "tcpdump has $(counted) and not $((before + sent))"
pattern="^192\.0\.2\.3 +$((base + sent)) " shows "all that was sent is counted"
if ((with_events)); then
    tm send-keys 2
    pattern="^near +$((base + sent)) " shows "counts that stay in the kernel"
fi
pattern=' 0 lost' shows "and nothing lost"
tm send-keys q
pattern='^<back> 0' shows "q"
conclude
