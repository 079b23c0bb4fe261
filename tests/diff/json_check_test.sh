#!/usr/bin/env bash
# `--check --format json` says what `--check` says, for all scripts that must be refused and all that come along: the same messages in
# the same order at the same places, the same exit status, and nothing on standard error. Every line follows docs/json-schema.json.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
check=${PROBEVUE%/*}/tests/check_json
[[ -x $check ]] || { echo "$check is not built"; exit 77; }
command -v python3 >/dev/null || { echo "python3 is missing: apt install python3"; exit 77; }
export LC_ALL=C.UTF-8 TZ=UTC NO_COLOR=1 PYTHONPATH=tests/diff PYTHONDONTWRITEBYTECODE=1

exec python3 - "$PROBEVUE" "$check" <<'PYTHON'
import glob, json, os, re, subprocess, sys, tempfile
from tally import conclude, result

probevue, checker = sys.argv[1:]
lines = []


def run(arguments, text=b""):
    done = subprocess.run([probevue, *arguments], input=text, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def as_json(arguments, text=b""):
    status, out, err = run(["--check", "--format", "json", *arguments], text)
    lines.extend(out.splitlines())
    result(err == b"", f"{arguments}: {err} on standard error")
    return status, [json.loads(line) for line in out.decode().splitlines()]


# The lines of the text that are not of the script: `file:line:column: error: text`, hints and notes.
def said(one):
    severity = one.get("severity", "note")
    hint = [f"  hint: {one['hint']}"] if "hint" in one else []
    if "line" in one:
        return [f"{one['file']}:{one['line']}:{one['column']}: {severity}: {one['message']}", *hint]
    if "file" in one:
        return [f"{one['file']}: {one['message']}"]
    return [f"probevue: {severity}: {one['message']}", *hint]


def expected(answer):
    out = []
    for one in answer[:-1]:
        out += said(one)
        for note in one.get("notes", []):
            substituted = re.fullmatch(r"`\$.*` stands for `.*`", note["message"], re.S)
            out += [f"  note: {note['message']}"] if substituted else said(note)
    return out


def text_of(err, names):
    out = []
    for line in err.decode(errors="replace").splitlines():
        if line.startswith((*(name + ":" for name in names), "probevue: ", "  hint: ", "  note: ")):
            out.append(line)
        elif line.startswith("hint: "):
            out.append("  " + line)
    return out


# The offsets and the lines and columns are the same places.
def placed(one, raw):
    if not 0 <= one["offset"] <= one["end_offset"] <= len(raw):
        return False
    mark = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    for prefix, offset in ("", "offset"), ("end_", "end_offset"):
        before = raw[mark : one[offset]]
        if one[prefix + "line"] != before.count(b"\n") + 1:
            return False
        line = before[before.rfind(b"\n") + 1 :]
        if line.isascii() and one[prefix + "column"] != len(line) + 1:
            return False
    return True


def holds(arguments, text=b"", raw=None):
    status, answer = as_json(arguments, text)
    text_status, out, err = run(["--check", *arguments], text)
    what = " ".join(arguments)
    result(status == text_status, f"{what}: exit status {status}, of the text {text_status}")
    last = answer[-1]
    result(last["type"] == "check" and all(one["type"] == "diagnostic" for one in answer[:-1]), f"{what}: types of lines")
    result((last["status"] == "passed") == (status == 0), f"{what}: {last['status']}")
    for severity in "error", "warning":
        count = sum(one["severity"] == severity for one in answer[:-1])
        result(last[severity + "s"] == count, f"{what}: {severity}s")
    wanted = text_of(err, {one["file"] for one in answer if "file" in one})
    got = expected(answer)
    result(got == wanted, f"{what}:\n  JSON {got}\n  text {wanted}")
    if raw is None and os.path.isfile(arguments[-1]):
        raw = open(arguments[-1], "rb").read()
    for one in answer[:-1] if raw is not None else []:
        if "line" in one and one["file"] == last["file"]:
            result(placed(one, raw), f"{what}: place of {one}")
    return answer


def holds_for(raw):
    return holds(["-"], raw, raw)


scripts = sorted(glob.glob("tests/errors/**/*.e", recursive=True)) + sorted(glob.glob("scripts/*.e"))
result(len(scripts) > 100, f"{len(scripts)} scripts")
for script in scripts:
    holds([script])

answer = holds(["-e", "@@BEGIN { prnt(1); }"], raw=b"@@BEGIN { prnt(1); }")
result(answer == [
    {"type": "diagnostic", "severity": "error", "message": "there is no function `prnt`", "hint": "did you mean `print`?",
     "file": "<-e>", "line": 1, "column": 11, "end_line": 1, "end_column": 15, "offset": 10, "end_offset": 14},
    {"type": "check", "status": "failed", "file": "<-e>", "errors": 1, "warnings": 0, "probes": []}], f"an error: {answer}")
answer = holds_for(b'int n;\n  @@BEGIN, @@interval:*:clock:100\n{ n++; }\n')
result(answer == [
    {"type": "check", "status": "passed", "file": "<stdin>", "errors": 0, "warnings": 0,
     "probes": [{"line": 2, "column": 3, "probe": "@@BEGIN"}, {"line": 2, "column": 12, "probe": "@@interval:*:clock:100"}]}],
    f"a script that is right: {answer}")
answer = holds_for(b"")
result([one["severity"] for one in answer[:-1]] == ["error"], f"an empty script: {answer}")

# Bytes that are no UTF-8, a byte order mark, characters of several bytes, a NUL.
answer = holds_for(b"@@BEGIN { bytes\xfe\xff = 1; }")
result([one["message"] for one in answer[:1]] == ["byte 0xfe is not UTF-8 text"], f"no UTF-8: {answer}")
answer = holds_for("\ufeff@@BEGIN { prnt(\"\u20ac\"); x\u00fc(1); }".encode())
first = answer[0]
result((first["column"], first["offset"], first["end_offset"]) == (11, 13, 17), f"a byte order mark: {first}")
answer = holds_for(b"@@BEGIN\x00 { }")
result(answer[0]["message"] == "NUL byte at offset 7: this is not a script", f"a NUL byte: {answer}")

# What is about no place, and notes of the command.
answer = holds(["nowhere.e"])
result({"severity", "message"} <= set(answer[0]) <= {"type", "severity", "message", "hint"}, f"a script that is not there: {answer}")
holds(["-g", "-e", "@@BEGIN { exit(); }"])
holds(["-i", "lo", "-e", "@@BEGIN { exit(); }"])
holds(["-q", "info=none", "-g", "-e", "__auto int i; @@BEGIN { exit(); }"])
answer = holds(["-e", "@@BEGIN { " + "nothing(); " * 60 + "}"])
result(answer[-2] == {"type": "diagnostic", "severity": "note", "message": "10 more errors", "file": "<-e>"}, f"60 errors: {answer[-2:]}")
answer = as_json(["-d", "ast", "-e", "@@BEGIN { exit(); }"])[1]
result(answer[0]["message"] == "-d prints text, and --check --format json lines of JSON" and answer[0]["hint"] == "leave one of them out", "-d")

# A header's messages name the header; -o takes the answer; the file that cannot be written is told.
with tempfile.TemporaryDirectory() as work:
    header = work + "/wrong.h"
    open(header, "w").write("int f(;\n")
    answer = holds(["-I", header, "-e", "@@BEGIN { exit(); }"])
    result(answer[0]["file"] == header, f"a header: {answer}")
    status, out, err = run(["--check", "--format", "json", "-o", work + "/out", "-e", "@@BEGIN { exit(); }"])
    result((status, out, err) == (0, b"", b"") and json.load(open(work + "/out"))["status"] == "passed", "-o")
    status, out, err = run(["--check", "--format", "json", "-o", work + "/none/out", "-e", "@@BEGIN { exit(); }"])
    result(status == 2 and out == b"" and b"cannot write" in err, "-o that cannot be written")
    # The script itself, whether it is right or not, is not written over; nor are bytes of which nobody makes a script.
    for text in b"@@BEGIN { exit(); }\n", b"@@BEGIN { prnt(1); }\n", b"\0":
        own = work + "/own.e"
        open(own, "wb").write(text)
        for flags in ["--check", "--format", "json"], ["--check"], ["-d", "ast"]:
            status, out, err = run(flags + ["-o", own, own])
            result((status, out) == (2, b"") and b"-o would overwrite" in err and open(own, "rb").read() == text, f"{flags} onto the script: {status} {out} {err}")

valid = subprocess.run([checker, "docs/json-schema.json"], input=b"\n".join(lines) + b"\n", capture_output=True)
result(valid.returncode == 0, f"the schema: {valid.stdout.decode(errors='replace')[:2000]}")
conclude()
PYTHON
