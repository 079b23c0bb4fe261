#!/usr/bin/env python3
"""States of as many hosts as are wanted, made of one: the same values, told by another session each.

usage: many_states.py STATE NUMBER    the states go to standard output, as text
"""
import ctypes
import json
import subprocess
import sys

hash_of = ctypes.CDLL("libxxhash.so.0").XXH64
hash_of.restype = ctypes.c_uint64
hash_of.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]

lines = subprocess.run(["zstd", "-dcq", sys.argv[1]], check=True, stdout=subprocess.PIPE).stdout.splitlines(keepends=True)
head, body, end = json.loads(lines[0]), b"".join(lines[1:-1]), json.loads(lines[-1])
for number in range(int(sys.argv[2])):
    part = head["parts"][0]
    part.update(host=f"host{number}", run=f"{number:08x}-0000-4000-8000-000000000000", stream="", shard=1, shards=1)
    text = json.dumps(head, separators=(",", ":")).encode() + b"\n" + body
    end["hash"] = f"{hash_of(text, len(text), 0):016x}"
    sys.stdout.buffer.write(text + json.dumps(end, separators=(",", ":")).encode() + b"\n")
