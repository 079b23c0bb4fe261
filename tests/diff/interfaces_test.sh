#!/usr/bin/env bash
# A capture with a thousand interfaces, each described when its first packet comes: every clause sees its own, in
# reasonable time and memory.
# usage: interfaces_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$work/many.pcapng" <<'PYTHON'
import struct
import sys

def block(kind, body):
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)

def packet(interface, number):
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 28, 1, 0, 64, 17, 0) + bytes([192, 0, 2, 1, 192, 0, 2, 2])
    frame = bytes(12) + b"\x08\0" + ip + struct.pack(">HHHH", 1024, 53, 8, 0)
    return block(6, struct.pack("<IIIII", interface, 0, number, len(frame), len(frame)) + frame + bytes(-len(frame) % 4))

out = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
number = 0
for interface in range(1000):
    name = b"eth%d" % interface
    option = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) + bytes(4)
    out.append(block(1, struct.pack("<HHI", 1, 0, 65535) + option))
    for seen in (0, interface // 2, interface):
        number += 1
        out.append(packet(seen, number))
open(sys.argv[1], "wb").write(b"".join(out))
PYTHON

cat >"$work/count.e" <<'SCRIPT'
int all, first, last;
@@net:bpf:any:udp:"udp port 53" { all++; }
@@net:bpf:eth0:udp:"" { first++; }
@@net:bpf:eth999:udp:"" { last++; }
@@END { printf("%d %d %d\n", all, first, last); }
SCRIPT
# eth0: once for each interface, twice more for the first, once more for the second. Before eth999 is described, its
# clause is for all, as for any name that the file does not have.
began=$(date +%s%N)
printed=$("$probevue" --stats -r "$work/many.pcapng" "$work/count.e" 2>"$work/messages")
status=$?
took=$((($(date +%s%N) - began) / 1000000))
memory=$(sed -nE 's/.*memory[^0-9]*([0-9]+).*/\1/p' "$work/messages")
echo "$printed ($took ms, ${memory:-?} bytes)"
wrong=0
[[ $status == 0 && $printed == "3000 1003 "* ]] || { echo "FAIL printed $printed, status $status"; wrong=1; }
[[ $took -lt 5000 ]] || { echo "FAIL took $took ms"; wrong=1; }
[[ -n $memory && $memory -lt 64000000 ]] || { echo "FAIL memory: ${memory:-not told}"; cat "$work/messages"; wrong=1; }
exit $wrong
