#!/usr/bin/env python3
"""The rows that share/fleet/*.sql must give for a state that `probevue --merge --state-out` has written: lines of JSON in, rows out, as
tests/fleet/stores.mjs prints them."""
import json
import sys

sums, lists, slots, dists, bins, hashes, registers, tables = ({} for _ in range(8))


def text(key):
    return key if isinstance(key, str) else json.dumps(key, separators=(",", ":"))


def add(head, keys, value):
    at = (head.get("array") or head["variable"], tuple(text(key) for key in keys))
    kind = head["type"]
    if head["class"] in ("flow", "pair"):
        assert at not in tables
        tables[at] = None if value is None else text(value)
    elif kind in ("int", "uint"):
        sums[at] = sums.get(at, 0) + value
    elif value is None:
        return
    elif kind == "list":
        old = lists.get(at, [0, 0, 0, 0])
        if value[0] == 0 or old[0] == 0: # one that is empty has no least number
            lists[at] = value if old[0] == 0 else old
            return
        lists[at] = [old[0] + value[0], old[1] + value[1], min(old[2], value[2]), max(old[3], value[3])]
    elif kind == "range":
        for slot, count in enumerate([value["others"]] + value["slots"], -1):
            slots[at, slot] = slots.get((at, slot), 0) + count
    elif kind == "dist":
        old = dists.get(at, [0, 0, value["min"], value["max"]])
        dists[at] = [old[0] + sum(count for _, count in value["bins"]), old[1] + value["sum"], min(old[2], value["min"]), max(old[3], value["max"])]
        for least, count in value["bins"]:
            bins[at, least] = bins.get((at, least), 0) + count
    elif kind == "distinct" and "hashes" in value:
        hashes[at] = (hashes.get(at) or set()) | set(value["hashes"])
    elif kind == "distinct":
        hashes[at] = None
        registers[at] = [max(pair) for pair in zip(registers.get(at, bytes(16384)), bytes.fromhex(value["registers"]))]
    else:
        sys.exit(f"no view shows {head}")


head = None
for line in map(json.loads, sys.stdin):
    if "array" in line:
        head = line
    elif "k" in line:
        add(head, line["k"], line["v"])
    elif "variable" in line:
        add(line, [], line["v"])


def show(view, at, *values):
    print(json.dumps([view, at[0], list(at[1])] + [None if value is None else str(value) for value in values], separators=(",", ":"), ensure_ascii=False))


for at, value in sums.items(): show("sums", at, value)
for at, value in lists.items(): show("lists", at, *value)
for (at, slot), count in slots.items(): show("slots", at, slot, count)
for at, value in dists.items(): show("dists", at, *value)
for (at, least), count in bins.items(): show("bins", at, least, count)
for at, value in hashes.items(): show("distincts", at, None if value is None else len(value))
for at, value in registers.items(): show("registers", at, sum(value), sum(index * one for index, one in enumerate(value)))
for at, value in tables.items(): show("tables", at, value)
