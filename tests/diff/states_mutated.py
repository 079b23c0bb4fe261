#!/usr/bin/env python3
"""States that are wrong in their contents and right in their length and hash: each gives an answer or one message.

usage: states_mutated.py PROBEVUE STATE SCRIPT TIMES    SCRIPT is the text of the script that STATE is of
       states_mutated.py --changed STATE OLD NEW         the state with one text for another, and the hash of that
"""
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tally import conclude, result

MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579,
                      2870177450012600261)


def rotated(x, bits):
    return ((x << bits) | (x >> (64 - bits))) & MASK


def mixed(a, lane):
    return rotated((a + lane * P2) & MASK, 31) * P1 & MASK


def xxh64(data):
    """XXH64 with seed 0, as its specification has it (github.com/Cyan4973/xxHash, doc/xxhash_spec.md)."""
    at = 0
    word = lambda size: int.from_bytes(data[at:at + size], "little")
    if len(data) >= 32:
        lanes = [(P1 + P2) & MASK, P2, 0, -P1 & MASK]
        while at + 32 <= len(data):
            for lane in range(4):
                lanes[lane] = mixed(lanes[lane], word(8))
                at += 8
        out = sum(rotated(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            out = ((out ^ mixed(0, lane)) * P1 + P4) & MASK
    else:
        out = P5
    out = (out + len(data)) & MASK
    while at + 8 <= len(data):
        out = (rotated(out ^ mixed(0, word(8)), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= len(data):
        out = (rotated(out ^ word(4) * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    while at < len(data):
        out = rotated(out ^ word(1) * P5 & MASK, 11) * P1 & MASK
        at += 1
    out = (out ^ out >> 33) * P2 & MASK
    out = (out ^ out >> 29) * P3 & MASK
    return out ^ out >> 32


def sealed(lines):
    body = b"".join(line + b"\n" for line in lines)
    end = b'{"end":%d,"hash":"%016x","figures":{"packets":5},"clauses":[[1,1]]}\n'
    return body + end % (len(lines), xxh64(body))


PIECES = [b"-", b"9", b'"', b"[", b"]", b"{", b"}", b",", b":", b"null", b"18446744073709551616",
          b"-9223372036854775808", b"9223372036854775807", b"1e9", b"\\u0000", b"", b"\xff"]


def mutated(lines, chance):
    lines = list(lines)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        at = chance.randrange(1, len(lines))
        line = lines[at]
        what = chance.random()
        if what < 0.5 and line:
            begin = chance.randrange(len(line))
            lines[at] = line[:begin] + chance.choice(PIECES) + line[begin + chance.choice([0, 1, 1, 2, 5]):]
        elif what < 0.65 and len(lines) > 2:
            lines.pop(at)
        elif what < 0.8:
            lines.insert(at, chance.choice(lines))
        elif what < 0.9:
            lines[at] = line[:chance.randrange(len(line) + 1)]
        else:
            lines[at] = bytes(chance.randrange(256) for _ in range(8)).replace(b"\n", b"")
    return lines


def lines_of(state):
    text = subprocess.run(["zstd", "-dc", state], stdout=subprocess.PIPE, check=True).stdout
    return text.split(b"\n")[:-2]


def main():
    if sys.argv[1] == "--changed":
        old, new = (text.encode() for text in sys.argv[3:5])
        lines = lines_of(sys.argv[2])
        assert any(old in line for line in lines), f"no {old} in {sys.argv[2]}"
        sys.stdout.buffer.write(sealed([line.replace(old, new) for line in lines]))
        return
    probevue, state, script, times = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    lines = lines_of(state)
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "m.pvs")

        def merge(content):
            with open(path, "wb") as file:
                file.write(content)
            return subprocess.run([probevue, "--merge", path, "-e", script], capture_output=True, timeout=20)

        whole = merge(sealed(lines))
        result(whole.returncode == 0, f"the state as it is: {whole.stderr!r}")
        refused = 0
        for number in range(times):
            content = sealed(mutated(lines, chance))
            got = merge(content)
            refused += got.returncode != 0
            good = got.returncode == 0 or (got.returncode in (1, 2) and got.stderr.count(b"probevue: error: ") == 1)
            result(good, f"mutation {number}: status {got.returncode}: {got.stderr[:200]!r}")
        result(times / 4 < refused < times, f"{refused} of {times} are refused")
    conclude()


main()
