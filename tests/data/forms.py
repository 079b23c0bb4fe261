#!/usr/bin/env python3
"""Writes the packets of an Ethernet capture (pcap) anew, in other forms that the same traffic is captured in.
usage: forms.py CAPTURE FORM OUTPUT    forms: see below; packets that a form cannot carry are left out"""
import struct
import sys

IP4, IP6 = 0x0800, 0x86DD
PPP = {IP4: 0x0021, IP6: 0x0057}


def vlan(addresses, kind, data, missing):
    return addresses + struct.pack(">HHH", 0x8100, 100, kind) + data


def qinq(addresses, kind, data, missing):
    return addresses + struct.pack(">HHHHH", 0x88A8, 200, 0x8100, 300, kind) + data


def cooked(addresses, kind, data, missing):
    return struct.pack(">HHH", 0, 1, 6) + addresses[6:] + b"\0\0" + struct.pack(">H", kind) + data


def cooked2(addresses, kind, data, missing):
    return struct.pack(">HHIHBB", kind, 0, 2, 1, 0, 6) + addresses[6:] + b"\0\0" + data


def raw(addresses, kind, data, missing):
    return data if kind in PPP else None


def mpls(addresses, kind, data, missing):
    return addresses + struct.pack(">HI", 0x8847, 16 << 12 | 0x1FF) + data if kind in PPP else None


def pppoe(addresses, kind, data, missing):
    if kind not in PPP:
        return None
    return addresses + struct.pack(">HBBHHH", 0x8864, 0x11, 0, 1, len(data) + missing + 2, PPP[kind]) + data


def snap(addresses, kind, data, missing):
    """What is too long for a length of IEEE 802.3 stays as it is."""
    length = len(data) + missing + 8
    if length > 1500:
        return addresses + struct.pack(">H", kind) + data
    return addresses + struct.pack(">H", length) + b"\xaa\xaa\3\0\0\0" + struct.pack(">H", kind) + data


def offload(addresses, kind, data, missing):
    """As the host captures what its device is to cut: no length. Only where no padding follows."""
    if kind == IP4 and struct.unpack(">H", data[2:4])[0] == len(data) + missing:
        data = data[:2] + b"\0\0" + data[4:]
    return addresses + struct.pack(">H", kind) + data


FORMS = {"vlan": (1, vlan), "qinq": (1, qinq), "cooked": (113, cooked), "cooked2": (276, cooked2), "raw": (101, raw),
         "mpls": (1, mpls), "pppoe": (1, pppoe), "snap": (1, snap), "offload": (1, offload)}


def main():
    source, form, target = sys.argv[1:]
    link, change = FORMS[form]
    data = open(source, "rb").read()
    magic = struct.unpack("<I", data[:4])[0]
    if magic not in (0xA1B2C3D4, 0xA1B23C4D) or struct.unpack("<I", data[20:24])[0] != 1:
        sys.exit(f"{source}: not a little-endian pcap of Ethernet")
    out = [data[:20] + struct.pack("<I", link)]
    at = 24
    while at < len(data):
        seconds, fraction, captured, length = struct.unpack("<IIII", data[at:at + 16])
        frame = data[at + 16:at + 16 + captured]
        at += 16 + captured
        missing = length - captured
        changed = change(frame[:12], struct.unpack(">H", frame[12:14])[0], frame[14:], missing)
        if changed is not None:
            out.append(struct.pack("<IIII", seconds, fraction, len(changed), len(changed) + missing) + changed)
    open(target, "wb").write(b"".join(out))


main()
