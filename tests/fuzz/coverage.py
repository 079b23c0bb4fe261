#!/usr/bin/env python3
"""Sums up what fuzz targets reach, by folder: edges of the control flow, each counted once for all targets. Reads what
libFuzzer prints with -print_coverage=1; functions that no target is linked with are not in it.
usage: coverage.py LOG..."""
import re
import sys

LINE = re.compile(r"^(?:UN)?COVERED_FUNC: hits: \d+ edges: (\d+)/(\d+) (.*) (\S+):\d+$")
OURS = re.compile(r"/((?:builtins|compiler|runtime)(?:/[a-z_]+)?)/[^/]+$")

best = {}
for log in sys.argv[1:]:
    with open(log, errors="replace") as lines:
        for line in lines:
            found = LINE.match(line.rstrip("\n"))
            if not found:
                continue
            reached, edges, function, path = int(found[1]), int(found[2]), found[3], found[4]
            folder = OURS.search(path)
            if folder is None or "/generated/" in path:
                continue
            key = (folder[1], path, function)
            before = best.get(key, (0, 0))
            best[key] = (max(before[0], reached), max(before[1], edges))
if not best:
    sys.exit(__doc__)
folders = {}
for (folder, _, _), (reached, edges) in best.items():
    for name in (folder, folder.split("/")[0]):
        sums = folders.setdefault(name, [0, 0, 0, 0])
        sums[0] += reached
        sums[1] += edges
        sums[2] += reached > 0
        sums[3] += 1
print(f"{'folder':24} {'edges':>8} {'reached':>8} {'':>6} {'functions':>10} {'reached':>8} {'':>6}")
for name, (reached, edges, called, functions) in sorted(folders.items()):
    print(f"{name:24} {edges:8} {reached:8} {reached * 100 // edges:5}% {functions:10} {called:8} {called * 100 // functions:5}%")
