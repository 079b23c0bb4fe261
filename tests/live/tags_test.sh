#!/usr/bin/env bash
# Tagged frames: what filters and protocols find live, against tcpdump on the same packets in a file, and the same
# clauses on that file. What differs from tcpdump on a live interface is shown too (docs/language.md, filters and tags).
source "$(dirname "$0")/network.sh"
command -v python3 >/dev/null || skip "python3 is not installed"

cat >"$work/tags.e" <<'SCRIPT'
int plain, tagged, either, any_tag, whole, all;
@@net:bpf:near:*:"udp port 5000" { plain++; }
@@net:bpf:near:*:"vlan and udp port 5000" { tagged++; }
@@net:bpf:near:*:"udp port 5000 or (vlan and udp port 5000)" { either++; }
@@net:bpf:near:*:"vlan" { any_tag++; }
@@net:bpf:near:udp:"" when (__udphdr->dst_port == 5000) { whole++; vlans[__etherhdr->vlan]++; }
@@END { printf("%d %d %d %d %d\n", plain, tagged, either, any_tag, whole); print(vlans); }
SCRIPT
(cat "$work/tags.e" && echo '@@BEGIN { printf("ready\n"); }') >"$work/live.e"
cat >"$work/any.e" <<'SCRIPT'
int whole;
@@BEGIN { printf("ready\n"); }
@@net:bpf:any:udp:"" when (__udphdr->dst_port == 5000) { whole++; }
@@END { printf("%d\n", whole); }
SCRIPT

listen file -i near
file=$id
listen plain -i near udp port 5000
plain=$id
start live "$work/live.e"
live=$id
start any "$work/any.e"
any=$id

# 10 frames without a tag, 20 with one, 5 with two, 7 with a label of MPLS, as a device would send them.
in_far python3 - "$(mac near)" <<'PYTHON'
import socket
import struct
import sys

near = bytes.fromhex(sys.argv[1].replace(":", ""))
udp = struct.pack(">HHHH", 1024, 5000, 12, 0) + b"data"
ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, bytes([192, 0, 2, 3]), bytes([192, 0, 2, 2]))
total = sum(struct.unpack(">10H", ip))
total = (total & 0xFFFF) + (total >> 16)
ip = ip[:10] + struct.pack(">H", ~(total + (total >> 16)) & 0xFFFF) + ip[12:]
forms = [(10, struct.pack(">H", 0x800)), (20, struct.pack(">HHH", 0x8100, 100, 0x800)),
         (5, struct.pack(">HHHHH", 0x88A8, 200, 0x8100, 300, 0x800)), (7, struct.pack(">HI", 0x8847, 16 << 12 | 0x1FF))]
far = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
far.bind(("far", 0))
for count, types in forms:
    for _ in range(count):
        far.send(near + bytes.fromhex("020000000001") + types + ip + udp)
PYTHON
settle file 192.0.2.3
stop "$live"
stop "$any"
stop "$file"
stop "$plain"

found() { count_packets file "$1"; }
expected="$(found "udp port 5000") $(found "vlan and udp port 5000") $(found "udp port 5000 or (vlan and udp port 5000)")"
same "the file has what was sent" "10 20 30" "$expected"
expected+=" $(found vlan) 42
vlans[0] = 17
vlans[100] = 20
vlans[200] = 5"
same "live, as tcpdump on the file" "ready"$'\n'"$expected" "$(cat "$work/live.out")"
same "replay, as live" "$expected" "$("$PROBEVUE" -r "$work/file.pcap" "$work/tags.e" 2>&1 | grep -v '^probevue: note')"
same "any, live" "ready"$'\n'"42" "$(cat "$work/any.out")"
# On a live interface the kernel has taken off the outer tag before tcpdump's filter sees the frame.
same "tcpdump live" "30" "$(count_packets plain)"
conclude
