#!/usr/bin/env bash
# Bundled scripts print the same for the same traffic, however it was captured: with tags, labels, PPPoE, SNAP, cooked,
# raw, and with lengths that segmentation offload left empty.
# usage: forms_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
export TZ=UTC NO_COLOR=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 compared=0

# print CAPTURE SCRIPT [ARGUMENT...]
print() { "$probevue" -r "$1" "scripts/$2.e" "${@:3}" 2>&1; }

# same CAPTURE SCRIPT [ARGUMENT...]: as on Ethernet, in each form that carries all of the protocol
same() {
    local capture=$1 script=$2 form expected printed
    expected=$(print "tests/data/$capture.pcap" "${@:2}")
    [[ -n $expected ]] || { echo "FAIL $script prints nothing on $capture"; failed=$((failed + 1)); }
    mkdir -p "$work/$(dirname "$capture")"
    for form in vlan qinq cooked cooked2 raw mpls pppoe snap offload; do
        [[ $script =~ ^(arp|address_) && $form =~ ^(raw|mpls|pppoe)$ ]] && continue
        [[ -f $work/$capture.$form ]] || python3 tests/data/forms.py "tests/data/$capture.pcap" "$form" "$work/$capture.$form"
        printed=$(print "$work/$capture.$form" "${@:2}")
        compared=$((compared + 1))
        if [[ $printed != "$expected" ]]; then
            echo "FAIL $script on $capture, as $form:"
            diff <(echo "$expected") <(echo "$printed") | head -6
            failed=$((failed + 1))
        fi
    done
}

same web top_talkers
same web packet_sizes
same web handshake_time
same web syn_no_answer
same web tcp_resends
same web tcp_flags_per_second
same web arp_who_asks_whom
same web icmp_by_type
same web connection_bytes '"192.0.2.2"' 45438 '"192.0.2.3"' 8080
same web connection_bytes '"2001:db8::2"' 57544 '"2001:db8::3"' 8080
same dns dns_clients
same names dns_latency
same names tls_names
same scan port_scan
same stall zero_window
same web first_byte
same telnet first_byte
same web conversations
same dns conversations
same mtu path_mtu
same twins address_twins
same disorder tcp_order
same rtp rtp_loss 5004
same web timestamp_rtt
same web tcp_options
same web top_subnets
same dns top_talkers
same made/tunnels inner_hosts
same made/groups igmp_joins
same telnet port23
same telnet tcp_flags_per_second

echo "$compared answers compared, $failed failed"
[[ $failed == 0 && $compared -ge 100 ]]
