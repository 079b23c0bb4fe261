#!/bin/bash
# Captures real traffic with names in it between two network namespaces joined by a veth pair, into names.pcap of this
# folder: DNS over UDP and TCP, TLS and HTTP, over IPv4 and IPv6. Packets are whole.
#
# Needs root, iproute2, tcpdump, openssl, python3 (TLS is that of its OpenSSL). Makes the namespaces pv-client and
# pv-server and takes them away again; nothing outside them is touched. Times, ports and random numbers differ from run to
# run, so the file is committed and made anew only for a reason; run make_expected.sh afterwards.
set -euo pipefail
cd "$(dirname "$0")"

sides=(pv-client pv-server)
source hosts.sh

join_client_and_server
sleep 2  # link-local addresses

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=example.com \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2> /dev/null
cat "$work/key.pem" >> "$work/certificate.pem"
in_server python3 names_peers.py serve "$work/certificate.pem" &
jobs_started+=($!)
until [[ $(in_server ss -Hltn | wc -l) -ge 4 ]]; do sleep 0.1; done

record $client names.pcap 0 'tcp or udp' # 0: whole packets
in_client python3 names_peers.py client
stop_recording
cp "$work/names.pcap" .
