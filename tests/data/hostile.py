#!/usr/bin/env python3
"""Writes captures that somebody has made to harm who reads them: hostile.py KIND > FILE"""
import struct
import sys


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


SECTION = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(*options):
    body = struct.pack("<HHI", 1, 0, 0)
    for code, value in options:
        body += struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)
    return block(1, body + bytes(4))


def enhanced(number, data, options=b""):
    padded = data + bytes(-len(data) % 4)
    return block(6, struct.pack("<IIIII", number, 0, 0, len(data), len(data)) + padded + options)


def udp(payload, source=0xC0000201, target=0xC0000202):
    udp_length, ip_length = 8 + len(payload), 28 + len(payload)
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, ip_length, 1, 0, 64, 17, 0, source, target)
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + struct.pack(">HHHH", 53, 5353, udp_length, 0) + payload


def pcap(packets):
    out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    for seconds, data in packets:
        out.append(struct.pack("<IIII", seconds, 0, len(data), len(data)) + data)
    return b"".join(out)


# A title for the window, a cleared screen, colours, a line that looks like ours, DEL, C1 (CSI as U+009B and as a byte),
# bytes that are no UTF-8, and text that runs backwards.
STEERING = (b"\x1b]0;OWNED\x07\x1b[2J\x1b[31mred\r\nprobevue: error: forged\n\x7f\xc2\x9b1m\x9b1m\xff\xc3("
            + "\u202eabc\u00e9".encode())

NAMES = [b"\x1b]0;OWNED\x07evil\x1b[2J", b"\x1b[5mwifi\nprobevue: error: forged"]

MANY = 400_000
KINDS = {
    # What interfaces say takes memory: names, addresses, or that there are so many.
    "names": lambda: SECTION + b"".join(interface((2, b"%05d" % i + b"n" * 60_000)) for i in range(500)),
    "addresses": lambda: SECTION + b"".join(
        interface(*[(4, struct.pack(">II", i << 16 | j, 0xFFFFFF00)) for j in range(20_000)]) for i in range(40)),
    "interfaces": lambda: SECTION + interface() * 70_000,
    # Masks with gaps: a filter for each.
    "masks": lambda: SECTION + b"".join(
        interface((4, struct.pack(">II", 1, i * 2654435761 % 2**32))) + enhanced(i, udp(b"x")) for i in range(3_000)),
    "processes": lambda: SECTION + interface() + b"".join(
        enhanced(0, b"x", struct.pack("<HHII", 8, 8, i + 1, 0) + bytes(4)) for i in range(MANY)),
    # Descriptions of events with long names (docs/recording-format.md).
    "shapes": lambda: SECTION + b"".join(
        block(0x40000BAD, struct.pack("<IIBBHIHHHH", 32473, 0x50567565, 1, 1, 0, i, 0, 1, 60_000, 0) + b"k"
              + b"%05d" % i + b"n" * 59_995) for i in range(300)),
    # Twenty packets, ten days between each and the next.
    "gaps": lambda: pcap((1_600_000_000 + i * 864_000, udp(b"x")) for i in range(20)),
    "steering": lambda: pcap([(1_700_000_000, udp(STEERING))]),
    "steering-names": lambda: SECTION + interface((2, NAMES[0])) + interface((2, NAMES[1]))
    + enhanced(0, udp(STEERING)) + enhanced(1, udp(STEERING)) + enhanced(9, udp(STEERING)),
    "many": lambda: pcap((1_700_000_000 + i // 1000, udp(b"x")) for i in range(MANY)),
}

if __name__ == "__main__":
    sys.stdout.buffer.write(KINDS[sys.argv[1]]())
