#!/usr/bin/env bash
# Every message that a user can meet stands in a test: its fixed parts occur in an expectation or in the source of a test.
# A part that no test can provoke is named, with the reason, in tests/check/untested_messages.txt.
# usage: messages.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

command -v python3 >/dev/null || { echo "python3 is missing: apt install python3"; exit 1; }

exec python3 - <<'PYTHON'
import os
import re
import sys

# Where messages come from, and which files there hold text of another kind: what `-d` prints, what tables say to readers, marks of HTML.
FOLDERS = ["compiler", "runtime/kernel", "runtime/probes", "runtime/session", "runtime/sinks", "runtime/sources",
           "runtime/symbols", "runtime/privileges", "runtime/metrics", "runtime/cli", "runtime/list", "runtime/options", "runtime/repl", "runtime/testing", "runtime/lsp"]
NO_MESSAGES = ["compiler/ir/ir.cpp", "compiler/program/dump.cpp", "compiler/program/helpers.def",
               "compiler/sema/dump.cpp", "compiler/syntax/dump.cpp", "runtime/options/flags.def", "runtime/privileges/needs.def", "runtime/sinks/html_chart.cpp",
               "runtime/repl/terminal.cpp", "runtime/lsp/words.cpp", "runtime/metrics/own.cpp"]
EXCEPTIONS = "tests/check/untested_messages.txt"

# Calls whose last argument is a hint when there are three: what to do, which depends on the text before it.
CALL = re.compile(r"\b(?:error|warning|lacks)\s*\($")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'|[()\[\]{},;]', re.S)
ESCAPES = {r"\"": '"', r"\\": "\\", r"\'": "'", r"\t": "\t"}


def literals(source):
    """Each string literal that is no hint, as (line, text); neighbours are joined."""
    found, calls, after = [], [], None  # calls: [is a message, arguments before this one, literals in this one]
    for match in TOKEN.finditer(source):
        token = match.group()
        if token[0] == '"':
            if after is not None and not source[after:match.start()].strip():
                found[-1][1] += token[1:-1]
            else:
                found.append([source.count("\n", 0, match.start()) + 1, token[1:-1]])
                for call in calls:
                    call[2].append(found[-1])
            after = match.end()
        elif token in "([{":
            calls.append([bool(CALL.search(source, match.start() - 20 if match.start() > 20 else 0, match.end())), 0, []])
        elif token in ")]}":
            if calls:
                is_message, arguments, last = calls.pop()
                if is_message and arguments >= 2:
                    for one in last:
                        one[1] = ""
        elif token == "," and calls:
            calls[-1][1] += 1
            calls[-1][2] = []
        elif token == ";":
            calls = [call for call in calls if not call[0]]
    return [one for one in found if one[1]]


def longest_part(text):
    """What of a literal stands in the message as it is: the longest piece between what formatting fills in."""
    text = text.replace("{{", "\x01").replace("}}", "\x02")
    parts = re.split(r"\{[^{}]*\}|\\n", text)
    part = max(parts, key=len)
    part = re.sub(r"\\.", lambda escape: ESCAPES.get(escape.group(), escape.group()), part)
    return part.replace("\x01", "{").replace("\x02", "}")


def is_sentence(part):
    return len(re.findall(r"[A-Za-z]{2,}", part)) >= 2 and " " in part.strip()


def files(folder, endings):
    for at, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.join(at, name)


def text_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


expected = "\n".join(text_of(path) for path in files("tests", (".err", ".out", ".cpp", ".h", ".sh", "next_steps.txt")))
expected += re.sub(r'"\s*"', "", expected)  # neighbours, joined
expected += expected.replace('\\"', '"').replace('"\n', "\n")
exceptions = {}
problems = 0
if os.path.exists(EXCEPTIONS):
    for line in text_of(EXCEPTIONS).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        part, _, reason = line.partition(" <- ")
        exceptions[part.strip()] = False
        if not reason.strip():
            print(f"{EXCEPTIONS}: no reason for: {part}")
            problems += 1

for folder in FOLDERS:
    for path in files(folder, (".cpp", ".h", ".def")):
        if path in NO_MESSAGES:
            continue
        for line, text in literals(text_of(path)):
            part = longest_part(text)
            if not is_sentence(part) or part in expected:
                continue
            if part.strip() in exceptions:
                exceptions[part.strip()] = True
                continue
            print(f"{path}:{line}: stands in no test: {part}")
            problems += 1
for part, needed in exceptions.items():
    if not needed:
        print(f"{EXCEPTIONS}: no longer needed: {part}")
        problems += 1
sys.exit(problems != 0)
PYTHON
