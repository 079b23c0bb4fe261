#!/usr/bin/env python3
"""Makes the seeds of a fuzz target from the tree: scripts, tests, captures, filters and command lines that are there
anyway. The same on every run.
usage: seeds.py TARGET FOLDER [PROBEVUE]    from the root of the tree; PROBEVUE: the program, which writes states"""
import glob
import json
import os
import random
import re
import shlex
import struct
import subprocess
import sys
import tempfile

MOST = 4096  # bytes of a capture: what is larger is cut behind a packet


def text(path):
    with open(path, "rb") as file:
        return file.read()


def scripts():
    found = []
    for folder in ("scripts", "tests/fuzz/programs", "tests/golden", "tests/errors"):
        found += sorted(glob.glob(folder + "/**/*.e", recursive=True))
    return found


def captures():
    found = []
    for folder in ("tests/data", "tests/data/made", "tests/data/bad"):
        found += sorted(glob.glob(folder + "/*.pcap*"))
    return found


def whole_part(data):
    """The beginning of a capture, up to the end of a packet or block."""
    if len(data) <= MOST:
        return data
    at = 0
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
        while at + 8 <= len(data):
            size = struct.unpack(order + "I", data[at + 4:at + 8])[0]
            if size < 12 or at + size > MOST:
                break
            at += size
        return data[:at or MOST]
    order = "<" if data[0] in (0xd4, 0x4d) else ">"
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack(order + "I", data[at + 8:at + 12])[0] + 16
        if at + size > MOST:
            break
        at += size
    return data[:at]


def packets(path):
    """Link type and packets of a plain pcap file in this machine's byte order."""
    data = text(path)
    if len(data) < 24 or data[:4] not in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return 0, []
    out, at = [], 24
    while at + 16 <= len(data):
        size = struct.unpack("<I", data[at + 8:at + 12])[0]
        if at + 16 + size > len(data):
            break
        out.append(data[at + 16:at + 16 + size])
        at += 16 + size
    return struct.unpack("<I", data[20:24])[0], out


def ethernet():
    return [packet for path in ("tests/data/web.pcap", "tests/data/dns.pcap", "tests/data/made/icmp6.pcap",
                                "tests/data/made/tunnels.pcap", "tests/data/made/groups.pcap")
            for packet in packets(path)[1][:12]]


def primitives():
    header = text("tests/diff/filters.h").decode()
    table = header[header.index("primitives = "):header.index("// clang-format on")]
    return re.findall(r'"((?:[^"\\]|\\.)*)"', table)


# --- each target: its seeds, one after the other ----------------------------------------------------------------------

def script():
    # As in script.cpp: nothing, formatted, dumped, outlined, for a kernel, and some of them together.
    asked = [0, 1, 2, 4, 8, 8 | 2, 8 | 16, 8 | 32]
    for number, path in enumerate(scripts()):
        yield bytes([asked[number % len(asked)]]) + text(path)
        if path.startswith("scripts/"):
            yield bytes([1]) + text(path)
            yield bytes([8 | 2]) + text(path)


def capture():
    for number, path in enumerate(captures()):
        for program in range(5):
            yield bytes([4 * program + (number + program) % 4]) + whole_part(text(path))
        yield bytes([0x80 + 4 * (number % 5)]) + whole_part(text(path))  # recorded


def recording():
    for number, path in enumerate(sorted(glob.glob("tests/data/*.pcapng"))):
        for choice in range(number % 2, 8, 3):
            yield bytes([choice]) + whole_part(text(path))


def state(probevue):
    programs = ("count", "names", "events", "windows")
    files = ("web.pcap", "dns.pcap", "made/groups.pcap", "made/tunnels.pcap", "states.pcapng", "calls.pcapng")
    with tempfile.TemporaryDirectory() as folder:
        for number, program in enumerate(programs):
            for name in files:
                for shard in ("1/1", "1/2"):
                    file = folder + "/state.pvs"
                    subprocess.run([probevue, "-r", "tests/data/" + name, "--shard", shard, "--state-out", file,
                                    f"tests/fuzz/programs/{program}.e"], check=True, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    packed = text(file)
                    if len(packed) <= MOST:
                        yield bytes([2 * number + 1]) + packed
                    lines = subprocess.run(["zstd", "-dc", file], check=True, capture_output=True).stdout
                    rows = [row for row in lines.splitlines(True) if not row.startswith(b'{"end"')]
                    few = rows[:1] + rows[1:-1][:24] + rows[-1:]
                    yield bytes([2 * number]) + b"".join(few)


def filter():
    links = [(1, 0), (101, 1), (113, 2), (276, 3), (0, 4), (127, 5), (9, 6), (10, 7), (11, 8), (117, 10), (105, 11),
             (50, 12), (108, 13)]
    by_type = {}
    for path in captures():
        kind, found = packets(path)
        by_type.setdefault(kind, []).extend(found[:20])
    for number, one in enumerate(primitives()):
        for turn in range(3):
            kind, choice = links[0] if turn == 0 else links[(number * 2 + turn) % len(links)]
            found = by_type.get(kind) or by_type[1]
            if turn == 2 and number % 4 == 0:
                choice |= 0xf0
            yield bytes([choice, number % 3 * 40]) + one.encode() + b"\0" + found[(number + turn) % len(found)]


def format():
    found = set()
    for path in scripts():
        for one in re.findall(rb'printf?\(\s*"((?:[^"\\\n]|\\.)*)"', text(path)):
            found.add(one.replace(rb"\n", b"\n").replace(rb"\t", b"\t"))
    chance = random.Random(1)
    for one in sorted(found):
        yield b"\0" + one + b"\0" + chance.randbytes(48)
        if b"%" in one:
            yield b"\xff" + one + b"\0" + chance.randbytes(8)


def code():
    chance = random.Random(2)
    operations = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xa0, 0xb0, 0xc0, 0xd0]
    jumps = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0]
    numbers = [0, 1, -1, 2, 7, 16, 31, 32, 63, 64, 127, -128, 255, 65535, 2**31 - 1, -2**31]

    def instruction():
        kind = chance.randrange(8)
        registers = chance.randrange(10) | chance.randrange(11) << 4
        number = chance.choice(numbers)
        if kind < 4:  # arithmetic, of both widths
            code, off = chance.choice(operations) | chance.choice((0x04, 0x07)) | chance.choice((0, 8)), 0
            if code & 0xf0 == 0x80:
                code &= ~8
            if code & 0xf0 == 0xd0:
                code, number = code if code & 7 == 4 else code & ~8, chance.choice((16, 32, 64))
            if code & 0xf0 in (0x30, 0x90):
                off = chance.randrange(2)
            if code & 0xf8 == 0xb8:
                off = chance.choice((0, 0, 8, 16, 32 if code & 7 == 7 else 0))
        elif kind < 6:
            code, off = chance.choice(jumps) | chance.choice((0x05, 0x06)) | chance.choice((0, 8)), chance.randrange(6)
            if code & 0xf0 == 0:
                code &= ~8
        else:
            code, off = chance.choice((0x61, 0x69, 0x71, 0x79, 0x81, 0x89, 0x91, 0x62, 0x6a, 0x72, 0x7a, 0x63, 0x6b,
                                       0x73, 0x7b, 0xc3, 0xdb)), -chance.randrange(8, 512)
            number = 0 if code in (0xc3, 0xdb) else number
        return struct.pack("<BBhi", code, registers, off, number)

    for _ in range(400):
        registers = b"".join(bytes([7]) + chance.randbytes(8) for _ in range(10))
        yield registers + b"".join(instruction() for _ in range(chance.randrange(1, 40)))


def jit():
    found = ethernet()
    for number, path in enumerate(scripts()):
        if path.startswith("tests/errors"):
            continue
        some = found[number % 7::7]
        yield text(path) + b"\0" + b"".join(struct.pack("<H", len(one)) + one for one in some)


def lsp():
    def message(method, params, number=None):
        out = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            out["id"] = number
        return json.dumps(out)

    for number, path in enumerate(scripts()[::8]):
        try:
            written = text(path).decode()
        except UnicodeDecodeError:
            continue
        if len(written) > 3000:
            continue
        chance = random.Random(number)
        uri = {"uri": "file:///x/" + os.path.basename(path)}
        lines = written.split("\n")

        def place():
            line = chance.randrange(len(lines))
            return {"line": line, "character": chance.randrange(len(lines[line]) + 1)}

        encodings = {"general": {"positionEncodings": [["utf-16"], ["utf-8", "utf-16"]][number % 2]}}
        out = [message("initialize", {"processId": None, "rootUri": None, "capabilities": encodings}, 1),
               message("initialized", {}),
               message("textDocument/didOpen",
                       {"textDocument": {**uri, "languageId": "vue", "version": 1, "text": written}})]
        methods = ["hover", "completion", "signatureHelp", "definition", "references", "documentHighlight"]
        for turn in range(3):
            method = methods[(number + turn) % len(methods)]
            params = {"textDocument": uri, "position": place(), "context": {"includeDeclaration": True}}
            out.append(message("textDocument/" + method, params, 2 + turn))
        out += [message("textDocument/didChange", {"textDocument": {**uri, "version": 2}, "contentChanges": [
                    {"range": {"start": (at := place()), "end": at}, "text": "\n@@BEGIN { x"}]}),
                message("textDocument/documentSymbol", {"textDocument": uri}, 7),
                message("textDocument/formatting", {"textDocument": uri, "options": {"tabSize": 4}}, 8),
                message("$/cancelRequest", {"id": 8}),
                message("textDocument/didClose", {"textDocument": uri}),
                message("shutdown", None, 9), message("exit", None)]
        if number % 4 == 0:
            yield b"\1" + b"".join(b"Content-Length: %d\r\n\r\n" % len(one.encode()) + one.encode() for one in out)
        else:
            yield b"\0" + "\n".join(out).encode()


def session():
    for path in sorted(glob.glob("tests/**/*.case", recursive=True)) + scripts():
        written = text(path)
        typed = re.findall(rb"^// STDIN: (.*)$", written, re.M)
        if typed:
            yield b"\n".join(typed) + b"\n"
    for path in scripts()[::4]:
        written = text(path)
        if len(written) < 3000:
            yield written + b"\n.read\n.show\nn\n.next\n.stats\n"
    yield b"@@net:bpf:any:*:\"\" { n[__pkt->len]++; }\n.next\n__pkt->len + 1\nn\n.edit 1\n@@END { print(n); }\n.undo\n" \
        b".format json\nint x;\nx = 5\nx * 2\n.del 1\n.read\nquit\n"


def command():
    for path in scripts() + sorted(glob.glob("tests/**/*.case", recursive=True)):
        written = text(path).decode(errors="replace")
        given = re.search(r"^\s*(?://|#) ARGS: (.*)$", written, re.M)
        carries = written if "#VUE_" in written else ""
        if given is None and not carries:
            continue
        try:
            words = shlex.split(given.group(1)) if given else []
        except ValueError:
            continue
        yield b"\0".join(word.encode() for word in words) + b"\0\0" + carries.encode()[:600]
    for address in ("127.0.0.1:9465", "[::1]:9465", "localhost:0", ":9465", "[fe80::1%lo]:1"):
        yield b"--metrics\0" + address.encode() + b"\0-e\0@@END { }\0\0"


def elf():
    source = "extern \"C\" int vue_a(int x) { return x + 1; }\nnamespace n { struct S { int m(int); };\n" \
             "int S::m(int y) { return vue_a(y); } }\n"
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/a.cpp", "w") as file:
            file.write(source)
        for flags in ("-shared -fPIC -nostdlib", "-shared -fPIC -nostdlib -s", "-c", "-shared -fPIC -nostdlib -g1",
                      "-shared -fPIC -nostdlib -Wl,-z,norelro,-z,noseparate-code,--build-id=sha1,-rpath,$ORIGIN/lib"):
            subprocess.run([os.environ.get("CXX", "c++"), *flags.split(), "-O1", "-o", folder + "/a.so",
                            folder + "/a.cpp"], check=True)
            yield text(folder + "/a.so")


def main():
    target, folder = sys.argv[1], sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    made = state(sys.argv[3]) if target == "state" else globals()[target]()
    count = 0
    for count, seed in enumerate(made, 1):
        with open(f"{folder}/{count:04}", "wb") as file:
            file.write(seed)
    if count == 0:
        sys.exit(f"seeds.py: no seeds for {target}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main()
