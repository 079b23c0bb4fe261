#!/usr/bin/env bash
# Captures that are replayed and recorded again (-r and -w): the recording says of each packet what the capture said,
# to us and to tshark, in one file and in several.
# usage: rerecorded_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/tally.sh
PROBEVUE=$(realpath "${PROBEVUE:-build/release/probevue}")
for tool in tshark python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt install tshark python3"; exit 77; }
done
source tests/diff/as_user.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC NO_COLOR=1
cd "$work" || exit 1
fields() { # fields FILE NAME...: of its packets, as tshark has them
    local file=$1 names=() name
    shift
    for name in "$@"; do names+=(-e "$name"); done
    timeout 300 "${as_user[@]}" tshark -n -r - -T fields "${names[@]}" <"$file" 2>/dev/null
}
replay() { timeout 60 "$PROBEVUE" "$@" 2>&1; }

# make NAME < PYTHON: a capture, by what is common to all
make() {
    { cat <<'PYTHON'
import struct, sys
def udp(port):
    return struct.pack("!BBHHHBBH4s4sHHHH", 0x45, 0, 28, 0, 0, 64, 17, 0, b"\x0a\0\0\1", b"\x0a\0\0\2", port, 53, 8, 0)
def ethernet(packet):
    return bytes(12) + b"\x08\0" + packet
def option(code, value):
    return struct.pack("=HH", code, len(value)) + value + bytes(-len(value) % 4)
def block(kind, body):
    size = len(body) + 12
    return struct.pack("=II", kind, size) + body + struct.pack("=I", size)
def section():
    return block(0x0A0D0D0A, struct.pack("=IHHq", 0x1A2B3C4D, 1, 0, -1))
def interface(name, link=1):
    return block(1, struct.pack("=HHI", link, 0, 0) + option(2, name) + option(9, b"\x09") + option(0, b""))
def packet(number, time, data, options=b""):
    return block(6, struct.pack("=IIIII", number, time >> 32, time & 0xFFFFFFFF, len(data), len(data)) + data +
                 bytes(-len(data) % 4) + (options + option(0, b"") if options else b""))
def pcap(packets, link=1, order="="):
    out = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for seconds, data in packets:
        out += struct.pack(order + "IIII", seconds, 0, len(data), len(data)) + data
    return out
PYTHON
      cat
    } | python3 - >"$1"
}

# --- numbers and directions -------------------------------------------------------------------------------------------

# Two interfaces; directions in, out, neither; ids that mean nothing to us.
make two.pcapng <<'PYTHON'
second = 1_000_000_000
out = section() + interface(b"eth0") + interface(b"eth1")
for i in range(60):
    direction = i % 3
    options = option(2, struct.pack("=I", direction | 0x20)) if direction else b""
    if i % 2: options += option(5, struct.pack("=Q", 1000 - i))
    out += packet(i % 2, 1_700_000_000 * second + i * second // 4, ethernet(udp(1000 + i)), options)
sys.stdout.buffer.write(out)
PYTHON
tell='printf("%d %d %d %s\n", __pkt->number, __pkt->src_port, __pkt->direction, __pkt->ifname);'
script="@@net:bpf:::\"udp\" when (__pkt->src_port % 7 < 3) { $tell }"
all="@@net:bpf:::\"\" { $tell }"
fields two.pcapng frame.number udp.srcport frame.packet_flags_direction | awk '$2 % 7 < 3 { print $1, $2, $3 + 0 }' >expected
replay -r two.pcapng -w once.pcapng -e "$script" >told
is "the capture: numbers and directions as tshark has them" "$(<expected)" "$(cut -d ' ' -f 1-3 told)"
is "the recording says the same" "$(<told)" "$(replay -r once.pcapng -e "$all")"
fields once.pcapng udp.srcport frame.packet_flags_direction | awk '$1 { print $1, $2 + 0 }' >directions
is "its directions, by tshark" "$(cut -d ' ' -f 2-3 expected)" "$(<directions)"
# The id of a packet is its number, and the interface beyond 48 bits; what is counted anyway is left out.
is "its ids, by tshark" "$(awk '$1 != NR { printf "%.0f\n", $1 + ($4 == "eth1" ? 2 ^ 48 : 0) }' told)" \
   "$(fields once.pcapng frame.packet_id | sed '/^$/d')"
replay -r once.pcapng -w twice.pcapng -e "$all" >/dev/null
is "a recording of a recording" "$(<told)" "$(replay -r twice.pcapng -e "$all")"
replay -r two.pcapng -w whole.pcapng -e "$all" >whole
is "a recording of all packets needs no ids" "" "$(fields whole.pcapng frame.packet_id | sed '/^$/d')"
replay -r two.pcapng -w eyes.pcapng --wireshark -e "$script" >/dev/null
is "the form for Wireshark" "$(<told)" "$(replay -r eyes.pcapng -e "$all")"
replay -r two.pcapng -w part -C 1k -e "$all" >/dev/null
files=()
for file in part part{1..99}; do [[ -e $file ]] && files+=(-r "$file"); done
is "several files" "yes" "$( ((${#files[@]} > 4)) && echo yes)"
is "several files say what one says" "$(<whole)" "$(replay "${files[@]}" -e "$all")"

# --- order ------------------------------------------------------------------------------------------------------------

# Packets that are late by more than a file of -C holds: intervals and packets come in the order in which they came.
make disorder.pcap <<'PYTHON'
late = lambda i: i * 7919 % 17 - 8  # tenths of a second
packets = [(1_700_000_000 * 10 + i + late(i), ethernet(udp(i))) for i in range(200)]
out = struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
for tenths, data in packets:
    out += struct.pack("=IIII", tenths // 10, tenths % 10 * 100_000, len(data), len(data)) + data
sys.stdout.buffer.write(out)
PYTHON
ticking="$all @@interval:*:clock:500 { printf(\"tick\\n\"); } @@BEGIN { printf(\"%d\\n\", timestamp()); }"
replay -r disorder.pcap -w late -C 1k -e "$ticking" >told
fields disorder.pcap udp.srcport >expected
is "the order of the capture, by tshark" "$(<expected)" "$(awk 'NF == 3 { print $2 }' told)"
is "intervals between its packets" yes "$( (($(grep -c tick told) > 30)) && echo yes)"
files=()
for file in late late{1..99}; do [[ -e $file ]] && files+=(-r "$file"); done
is "several files of late packets" yes "$( ((${#files[@]} > 20)) && echo yes)"
is "are replayed in the order of the recording" "$(<told)" "$(replay "${files[@]}" -e "$ticking")"
is "and none has others than it should" "$(<expected)" "$(for ((i = 1; i < ${#files[@]}; i += 2)); do fields "${files[i]}" udp.srcport; done | sed '/^$/d')"

# --- times ------------------------------------------------------------------------------------------------------------

# Seconds may be moved to before 1970 (if_tsoffset), and ticks to beyond what we count: as tshark has them, or an error.
times() { # times RESOLUTION OFFSET TICKS...: a capture of packets of these times, in times.pcapng
    make times.pcapng <<PYTHON
described = struct.pack("=HHI", 1, 0, 0) + option(9, bytes([$1])) + option(14, struct.pack("=q", $2)) + option(0, b"")
out = section() + block(1, described)
for ticks in "${*:3}".split(): out += packet(0, int(ticks), ethernet(udp(1)))
sys.stdout.buffer.write(out)
PYTHON
}
moment='@@net:bpf:::"" { printf("%d\n", timestamp()); }'
seconds() { sed -E 's/^/000000000/; s/(.{9})$/.\1/; s/^0+([0-9]+\.)/\1/'; } # of nanoseconds
for case in '6 -100 150000000 160000001' '9 4 1 1000000000' '0 -5 9 6' '138 5 3584' '12 -3 3000001000000' '9 0 9223372036854775807' '0 9223372036 0' '3 -1 1001'; do
    times $case
    is "times: $case" "$(fields times.pcapng frame.time_epoch)" "$(replay -r times.pcapng -e "$moment" | seconds)"
done
for case in '6 -100 150000000 90000000' '9 0 1 18446744073709551615' '0 0 1 18446744073709551615' '6 9223372036 1 1000000' '9 -9223372036854775808 1'; do
    times $case
    before=$([[ $case == *-9223372036854775808* ]] || fields times.pcapng frame.time_epoch | head -n 1)
    timeout 60 "$PROBEVUE" -r times.pcapng -e "$moment" >out 2>err
    is "no time of ours, exit status: $case" 1 $?
    is "no time of ours: $case" "$before" "$(seconds <out)"
    [[ $(<err) == *"times.pcapng: the packet at byte "*' has a time before 1970 or after 2262 (what lies before was read; is the clock of who captured right? `editcap -t SECONDS` moves times)'* ]] && ok || bad "$case: $(<err)"
done
times 6 -100 90000000 110000000
timeout 60 "${as_user[@]}" editcap -t 1000 - - <times.pcapng >moved.pcapng 2>/dev/null
is "moved, as the message says" "990.000000000
1010.000000000" "$(replay -r moved.pcapng -e "$moment" | seconds)"

# --- link headers in the byte order of another machine -----------------------------------------------------------------

# NFLOG and PFLOG, captured on a machine of the big end: a recording of ours would say that they are of the little one.
for kind in 'nflog 239' 'pflog 117' 'pktap 258'; do
    read -r name link <<<"$kind"
    make "$name.pcap" <<PYTHON
data = {
    "nflog": struct.pack(">BBHHHIHH", 2, 0, 0, 8, 5, 7, 4 + len(udp(1)), 9) + udp(1),
    "pflog": struct.pack(">BBBB16s16sIIIIIIB", 61, 2, 0, 0, b"em0", b"", 1, 0, 1000, 2000, 3, 4, 1) + bytes(3) + udp(1),
    "pktap": struct.pack(">IIIII24s", 108, 1, 1, 1, 0, b"em0").ljust(108, b"\0") + ethernet(udp(1)),
}["$name"]
sys.stdout.buffer.write(pcap([(1_700_000_000, data)], $link, "$([[ $(printf '\1\0' | od -An -td2) -eq 1 ]] && echo '>' || echo '<')"))
PYTHON
    timeout 60 "$PROBEVUE" -r "$name.pcap" -w "$name.pcapng" -e '@@net:bpf:::"" { n++; }' >out 2>err
    is "$name of another byte order: exit status" 1 $?
    [[ $(<err) == *"cannot record packets of link type ${name^^}: their headers are in the byte order of another machine ("* ]] && ok || bad "$name: $(<err)"
    is "$name: none of them is in the recording" "" "$(tcpdump -n -r "$name.pcapng" 2>/dev/null)"
    [[ $name == pktap ]] && { [[ $(<err) == *'(record on a machine of that byte order)'* ]] && ok || bad "$name: $(<err)"; } && continue
    [[ $(<err) == *'(`tcpdump -r FILE -w NEW` turns them round: replay and record NEW)'* ]] && ok || bad "$name: $(<err)"
    tcpdump -r "$name.pcap" -w new.pcap 2>/dev/null
    timeout 60 "$PROBEVUE" -r new.pcap -w new.pcapng -e '@@net:bpf:::"" { n++; }' >out && is "$name: turned by tcpdump" "$(tcpdump -n -t -e -r "$name.pcap" 2>/dev/null)" "$(tcpdump -n -t -e -r new.pcapng 2>/dev/null)"
done

conclude
