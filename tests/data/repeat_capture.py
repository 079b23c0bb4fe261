#!/usr/bin/env python3
"""Writes a capture that holds another one several times, each copy some time later: real packets, and many of them.

usage: repeat_capture.py IN.pcap OUT.pcap TIMES SECONDS
"""
import struct
import sys


def main():
    source, target, times, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with open(source, "rb") as file:
        data = file.read()
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}
    if data[:4] not in order:
        sys.exit(f"{source} is no pcap file")
    header = struct.Struct(order[data[:4]] + "IIII")
    records = []
    at = 24
    while at < len(data):
        when, fraction, captured, length = header.unpack_from(data, at)
        records.append((when, fraction, captured, length, data[at + 16:at + 16 + captured]))
        at += 16 + captured
    with open(target, "wb") as file:
        file.write(data[:24])
        for copy in range(times):
            for when, fraction, captured, length, packet in records:
                file.write(header.pack(when + copy * seconds, fraction, captured, length) + packet)


main()
