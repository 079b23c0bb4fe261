#!/bin/bash
# Writes made/ and bad/ anew: builds the generator, runs it, and compresses some of the results.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CXX:-g++}" -std=c++20 -O1 -I. make_captures.cpp make/*.cpp -o "$work/make_captures"
rm -rf made bad
"$work/make_captures" .
gzip -9nc made/format-little-nano.pcap > made/packed.pcap.gz
gzip -9nc made/sections.pcapng > made/packed.pcapng.gz
zstd -q -19 -c made/format-big-nano.pcap > made/packed.pcap.zst
zstd -q -19 -c made/format-little.pcapng > made/packed.pcapng.zst
head -c 200 made/packed.pcap.gz > bad/packed-cut.pcap.gz
head -c 200 made/packed.pcap.zst > bad/packed-cut.pcap.zst
