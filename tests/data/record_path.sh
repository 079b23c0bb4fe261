#!/usr/bin/env bash
# Records path.pcapng: the ways of a datagram over loopback, of one that is forwarded and of one to a port where nobody is, with the
# numbers of the packets. Times and ports differ from run to run, so the file is committed and made anew only for a reason.
# usage: record_path.sh      needs root, a build of probevue (PROBEVUE), iproute2, perl. Makes network namespaces of its own.
source "$(dirname "$0")/../live/network.sh"
source tests/live/router.sh
start record -w tests/data/path.pcapng -e "@@BEGIN { printf(\"ready\\n\"); } $(sed '1,/^@@net/ { /^@@net/!d }' scripts/packet_path.e)" '"udp"'
recorder=$id
three_ways
stop "$recorder"
same "the end" 0 "$status"
conclude
