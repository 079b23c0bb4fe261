#!/usr/bin/env bash
# The language server (`probevue --lsp`) as an editor meets it: what each of its abilities answers, and that the diagnostics of all
# scripts are those of `--check --format json`.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
command -v python3 >/dev/null || { echo "python3 is missing: apt install python3"; exit 77; }
export PROBEVUE LC_ALL=C.UTF-8 PYTHONPATH=tests/diff PYTHONDONTWRITEBYTECODE=1

exec timeout 250 python3 - <<'PYTHON'
import glob, json, os, subprocess, time
from lsp_client import Client
from tally import conclude, equal, result

script = """struct conn { int port; int wide; };
int read(int, char *, unsigned long);
enum kind { small, large = 7 };
int packets;
__thread int mine;
__list sizes;

// the clause of packets
@@net:bpf:any:tcp:"port 80" when (packets < 10)
{
    __auto int here;
    struct conn c;
    here = __tcphdr->src_port + large;
    auto:there = 5;
    c.port = here + there;
    packets++;
    bytes[__ip4hdr->src_addr] += __ip4hdr->total_len;
    append(sizes, __ip4hdr->total_len);
    if (here > 3) { mine = 1; }
    printf("%d \u00e4 %d\\n", here, packets);
}
@@syscall:*:read:entry { mine = __arg3; }
@@END { print(bytes); printf("%d %d\\n", packets, sum(sizes)); }
"""
lines = script.splitlines()
uri = "file:///home/me/some%20thing.e"
everything = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "publishDiagnostics": {"relatedInformation": True},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "signatureHelp": {"signatureInformation": {"parameterInformation": {"labelOffsetSupport": True}}},
    },
}


def place(line, word, behind=0, of=None):
    """Where a word of a line begins, and how far behind that."""
    number = next(i for i, text in enumerate(lines) if line in text)
    return {"textDocument": {"uri": of or uri}, "position": {"line": number, "character": lines[number].index(word) + behind}}


def span(line, begin, end):
    return {"start": {"line": line, "character": begin}, "end": {"line": line, "character": end}}


def number(line):
    return next(i for i, text in enumerate(lines) if line in text)


def word(line, text):
    begin = lines[number(line)].index(text)
    return span(number(line), begin, begin + len(text))


client = Client(capabilities=everything)
equal(client.initialized["capabilities"], {
    "positionEncoding": "utf-16",
    "textDocumentSync": {"openClose": True, "change": 2},
    "hoverProvider": True,
    "completionProvider": {"triggerCharacters": ["@", ":", ">", "."]},
    "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
    "definitionProvider": True,
    "referencesProvider": True,
    "documentHighlightProvider": True,
    "documentSymbolProvider": True,
    "documentFormattingProvider": True,
}, "capabilities")
version = subprocess.run([os.environ["PROBEVUE"], "--version"], capture_output=True, text=True).stdout.split()
equal(client.initialized["serverInfo"], {"name": version[0], "version": version[1]}, "the server's name")

client.open(uri, script)
equal(client.published(uri), {"uri": uri, "version": 1, "diagnostics": []}, "a script that is right")


# --- hover ------------------------------------------------------------------------------------------------------------

def hover(line, text, code, doc="", behind=1, at=None):
    answer = client.request("textDocument/hover", place(line, text, behind))
    value = f"```probevue\n{code}\n```" + (f"\n\n{doc}" if doc else "")
    equal(answer, {"contents": {"kind": "markdown", "value": value}, "range": at or word(line, text)}, f"hover over {text}")


hover("packets++", "packets", "global int packets")
hover("packets++", "packets", "global int packets", behind=7)  # behind its last letter
hover("__auto int here", "here", "automatic int here")
hover("auto:there", "there", "automatic int there")
hover("mine = __arg3", "mine", "thread int mine")
hover("bytes[", "bytes", "long long bytes[ip_addr_t]", "unit: bytes")
hover("append(sizes", "sizes", "list sizes", "unit: bytes")
hover("c.port", "port", "int port")
hover("struct conn c", "conn", "struct conn")
hover("+ large", "large", "large = 7")
hover("@@syscall", "read", "int read(int, char *, unsigned long)")
hover("__tcphdr->", "src_port", "unsigned short __tcphdr->src_port", "source port\n\nof packets: tcp")
hover("printf(\"%d \u00e4", "printf", "void printf(format format, any data...)", "prints formatted data")
hover("when (packets", "when", "when", "the predicate of a clause: `when (condition)`. The clause runs only for events that it holds for")
hover("__thread int", "__thread", "__thread", "a thread-local variable: each thread has its own")
hover("__list sizes", "__list", "__list", "a list of integers, of which sum, avg, min, max and count are known")
tuple_ = '@@net:bpf:any:tcp:"port 80"'
hover(tuple_, tuple_, '@@net:bpf:<interface>[|<interface>...]:<protocol|*>:"<filter>"',
      "each packet at the interfaces that matches the tcpdump filter and carries the protocol", behind=6)
hover(tuple_, tuple_, '@@net:bpf:<interface>[|<interface>...]:<protocol|*>:"<filter>"',
      "each packet at the interfaces that matches the tcpdump filter and carries the protocol", behind=21)
hover("@@END", "@@END", "@@END", client.request("textDocument/hover", place("@@END", "END"))["contents"]["value"].split("\n\n")[1])
for line, text, why in (("// the clause", "clause", "a comment"), ("printf(\"%d \u00e4", "%d", "a quoted text"), ("packets++", "++", "an operator")):
    equal(client.request("textDocument/hover", place(line, text, 1)), None, f"hover over {why}")

other = "file:///other.e"
client.open(other, "@@net:tcp:retransmit { x = __pkt->len; y = TH_SYN; z = __tcpinfo_nothing; __mst->no; }")
value = client.request("textDocument/hover", {"textDocument": {"uri": other}, "position": {"line": 0, "character": 5}})["contents"]["value"]
listed = subprocess.run([os.environ["PROBEVUE"], "-l", "@@net:tcp:retransmit"], capture_output=True, text=True).stdout
result(value.split("\n")[1].startswith("@@net:tcp:retransmit") and value.split("\n\n")[1] in listed, f"hover over an event: {value}")
value = client.request("textDocument/hover", {"textDocument": {"uri": other}, "position": {"line": 0, "character": 45}})["contents"]["value"]
result(value.split("\n")[1] == "TH_SYN = 2", f"hover over a constant: {value}")
client.notify("textDocument/didClose", {"textDocument": {"uri": other}})
while (closed := client.published(other))["diagnostics"]:
    pass
equal(closed, {"uri": other, "diagnostics": []}, "a document that is closed has no diagnostics")

# --- definition, references, highlights, symbols ----------------------------------------------------------------------

for line, text, made_in, name in (
    ("packets++", "packets", "int packets;", "packets"), ("bytes);", "bytes", "bytes[", "bytes"), ("there;", "there", "auto:there", "there"),
    ("c.port", "port", "struct conn {", "port"), ("c.port", "c", "struct conn c", "c;"), ("struct conn c", "conn", "struct conn {", "conn"),
    ("@@syscall", "read", "int read(", "read"), ("mine = 1", "mine", "__thread", "mine"), ("+ large", "large", "enum kind", "large"),
    ("sum(sizes", "sizes", "__list", "sizes")):
    begin = word(made_in, name)
    begin["end"]["character"] = begin["start"]["character"] + len(text)
    equal(client.request("textDocument/definition", place(line, text)), {"uri": uri, "range": begin}, f"definition of {text}")
equal(client.request("textDocument/definition", place("printf(\"%d \u00e4", "printf")), None, "definition of a built-in")

uses = [word("int packets;", "packets"), word(tuple_, "packets"), word("packets++", "packets"), word("printf(\"%d \u00e4", "packets"), word("print(bytes", "packets")]
equal(client.request("textDocument/documentHighlight", place("packets++", "packets")), [{"range": one} for one in uses], "highlights")
for declaration in True, False:
    asked = place("packets++", "packets") | {"context": {"includeDeclaration": declaration}}
    equal(client.request("textDocument/references", asked), [{"uri": uri, "range": one} for one in uses[not declaration:]], "references")
equal(client.request("textDocument/references", place("packets++", "++", 1)), None, "references of what is no name")

symbols = client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
equal([(one["name"], one["kind"], [(inner["name"], inner["kind"], inner["detail"]) for inner in one.get("children", [])]) for one in symbols], [
    ("conn", 23, [("port", 8, "int port"), ("wide", 8, "int wide")]), ("read", 12, []),
    ("kind", 10, [("small", 22, "small"), ("large", 22, "large = 7")]), ("packets", 13, []), ("mine", 13, []), ("sizes", 13, []),
    (tuple_, 24, [("here", 13, "automatic int here"), ("there", 13, "automatic int there")]), ("c", 13, []), ("bytes", 18, []),
    ("@@syscall:*:read:entry", 24, []), ("@@END", 24, [])], "symbols")
clause = next(one for one in symbols if one["name"] == tuple_)
equal(clause["range"], {"start": {"line": number(tuple_), "character": 0}, "end": {"line": number("@@syscall") - 1, "character": 1}}, "the range of a clause")
equal(clause["selectionRange"], word(tuple_, tuple_), "its tuple")


# --- completion and signatures ----------------------------------------------------------------------------------------

def completed(text, cursor=None, of="file:///typed.e", by=None):
    """What may stand at the end of the text, or at a `|` in it."""
    by = by or client
    at = text.index("|") if "|" in text else len(text)
    whole = text.replace("|", "", 1)
    by.open(of, whole)
    before = whole[:at]
    position = {"line": before.count("\n"), "character": len(before) - (before.rfind("\n") + 1)}
    return by.request("textDocument/completion", {"textDocument": {"uri": of}, "position": position})


def labels(text):
    return [one["label"] for one in completed(text)]


equal(labels("@@net:bpf:any:tcp:\"\" { x = __tcphdr->src_"), ["src_port"], "members of a header")
equal(completed("@@BEGIN { prin"), [
    {"label": label, "kind": 3, "filterText": label + "(", "detail": one["detail"], "documentation": one["documentation"],
     "textEdit": {"newText": label + "(", "range": span(0, 10, 14)}}
    for label, one in zip(("print", "print_table", "printf"), completed("@@BEGIN { prin"))], "functions")
first = completed("@@BEGIN { prin")[0]
equal((first["detail"], first["documentation"]), ("void print(Array array, [int limit], [int flags])",
      {"kind": "markdown", "value": "prints keys and values, at the most `limit`; 0 prints all"}), "what is said of a function")
equal(completed("@@BEGIN { pri|(n); }")[0]["textEdit"]["newText"], "print", "a bracket that is there")
equal(labels("@@sys"), ["syscall", "syscallx", "sysproc", "systrace"], "managers")
result("bpf" in labels("@@net:") and "tcp" in labels("@@net:"), "fields of a tuple")
equal(labels("@@net:tcp:retr"), ["retransmit"], "an event")
equal(labels("int zcounted;\n@@BEGIN { __auto int zcool; z|\n}\n@@END { __auto int zcold; }"), ["zcool", "zcounted"], "variables, automatic ones of this clause alone")
equal(labels("@@BEGIN { if (a) { b = 1; } x = __tcphdr->src_"), [], "members that the clause's probe does not have, behind a block")
equal(labels("@@net:bpf:any:tcp:\"\" { if (a) { b = 1; } x = __tcphdr->src_"), ["src_port"], "members behind a block")
equal(labels("struct conn { int port; int wide; };\n@@BEGIN { struct conn c; c.port = 1; c.w|\n}"), ["wide"], "members of a structure")
equal(labels("@@BEGIN { x = 1; // pri"), [], "in a comment")
equal(labels("@@BEGIN { printf(\"pri"), [], "in a quoted text")
equal(labels("@@BEGIN {} @@END whe"), ["when"], "a keyword")


def signature(text):
    client.open("file:///typed.e", text)
    return client.request("textDocument/signatureHelp", {"textDocument": {"uri": "file:///typed.e"}, "position": {"line": 0, "character": len(text)}})


label = "void print(Array array, [int limit], [int flags])"
for text, active in (("@@BEGIN { print(", 0), ("@@BEGIN { print(a, ", 1), ("@@BEGIN { print(a, max(1, 2), ", 2), ("@@BEGIN { print(a[\"x,y\", 3], ", 1)):
    answer = signature(text)
    equal(answer, {"signatures": [{"label": label, "documentation": {"kind": "markdown", "value": "prints keys and values, at the most `limit`; 0 prints all"},
                                   "parameters": [{"label": [11, 22]}, {"label": [24, 35]}, {"label": [37, 48]}]}],
                   "activeSignature": 0, "activeParameter": active}, f"signature in {text}")
equal(signature("@@BEGIN { printf(\"%d\", 1, 2, 3, ")["activeParameter"], 1, "a parameter that comes again")
for text in ("@@BEGIN { print(a); ", "@@BEGIN { nothing(", "@@BEGIN { (1 + ", "@@BEGIN when (", "@@BEGIN { // print("):
    equal(signature(text), None, f"no signature in {text}")

# --- the house style ---------------------------------------------------------------------------------------------------

def formatting(text):
    client.open("file:///typed.e", text)
    return client.request("textDocument/formatting", {"textDocument": {"uri": "file:///typed.e"}, "options": {"tabSize": 8, "insertSpaces": False}})


equal(formatting("@@END{\nx=\"\u00e4\U0001f600\";}"), [{"range": {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 9}},
      "newText": "@@END\n{\n    x = \"\u00e4\U0001f600\";\n}\n"}], "a script in the house style")
equal(formatting("@@END\n{\n    x = 1;\n}\n"), [], "nothing to change")
equal(formatting("@@END{x=;}"), [], "errors in the syntax")
equal(formatting("@@END{nothing($1);}")[0]["newText"], "@@END\n{\n    nothing($1);\n}\n", "errors behind the syntax")

# --- changes, and positions -------------------------------------------------------------------------------------------

typed = "file:///typed.e"
for encoding in "utf-16", "utf-8":
    by = Client(capabilities={"general": {"positionEncodings": ["utf-8", "utf-16"] if encoding == "utf-8" else ["utf-16"]}})
    equal(by.initialized["capabilities"]["positionEncoding"], encoding, "the encoding that is chosen")
    width = (lambda text: len(text.encode())) if encoding == "utf-8" else (lambda text: len(text.encode("utf-16-le")) // 2)
    text = "/* \u00e4\u20ac\U0001f600 */ @@BEGIN { nix(\"\U0001f600\"); nax(1); }\r\n@@END { }\r\n"
    by.open(typed, text)
    line = text.split("\r\n")[0]
    ranges = [span(0, width(line[: line.index(name)]), width(line[: line.index(name) + 3])) for name in ("nix", "nax")]
    equal([one["range"] for one in by.published(typed)["diagnostics"]], ranges, f"{encoding}: places behind wide characters")
    # `nax` becomes `exit`, and a line goes in between.
    by.change(typed, 2, {"range": ranges[1], "text": "exit"}, {"range": span(1, 0, 0), "text": "\n// \U0001f600\n"})
    got = by.published(typed, 2)["diagnostics"]
    equal((got[0]["message"].split("\n")[0], got[0]["range"]), ("there is no function `nix`", ranges[0]), f"{encoding}: after changes")
    result(len(got) == 2 and "exit" in got[1]["message"], f"{encoding}: exit takes no argument: {got}")
    by.change(typed, 3, {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 9}}, "text": "@@BEGIN { exit(); }\r"})
    by.change(typed, 4, {"range": span(1, 0, 0), "text": "@@END { nix(); }"})
    equal(by.published(typed, 4)["diagnostics"][0]["range"], span(1, 8, 11), f"{encoding}: lines that end with a carriage return")
    by.change(typed, 5, {"text": "@@BEGIN { exit(); }"})
    equal(by.published(typed, 5)["diagnostics"], [], f"{encoding}: the whole text")
    # The middle of a character is its beginning; the end of a line is its end.
    by.change(typed, 6, {"text": "// \U0001f600\n@@BEGIN { exit(); }"}, {"range": span(0, 4, 500), "text": ""})
    equal(by.published(typed, 6)["diagnostics"], [], f"{encoding}: beyond the end of a line")
    equal(by.shut_down(), (0, b"", ""), f"{encoding}: the end")

# What is typed fast is checked once, in its last state.
by = Client()
by.open(typed, "@@BEGIN { exit(); }")
by.published(typed, 1)
burst = b"".join(by.frame({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {
    "textDocument": {"uri": typed, "version": 2 + i}, "contentChanges": [{"text": f"@@BEGIN {{ exit(); }} // {i}"}]}}) for i in range(15))
assert len(burst) < 4096  # goes into the pipe whole
by.write(burst)
equal(by.published(typed)["version"], 16, "of several changes the last is checked")
equal(by.shut_down()[0], 0, "the end")

# Clients that understand less: plain text, notes in the message, a flat list of symbols.
by = Client("-r", "tests/data/web.pcap")
by.open(uri, script)
equal(by.published(uri)["diagnostics"], [], "in a replay")
equal(by.request("textDocument/hover", place("__tcphdr->", "src_port", 1))["contents"],
      {"kind": "plaintext", "value": "unsigned short __tcphdr->src_port\nsource port\n\nof packets: tcp"}, "hover in plain text")
flat = by.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
equal(flat[1], {"name": "port", "kind": 8, "containerName": "conn", "location": {"uri": uri, "range": word("struct conn {", "int port;")}}, "a flat list")
by.open(typed, "@@BEGIN { $nowhere = 1; }")
got = by.published(typed)["diagnostics"][0]["message"].split("\n")
equal((got[0], got[-1]), ("environment variable `nowhere` is not set", "note: `$nowhere` stands for `0`"), "a note in the message")
equal(by.end(), (1, b"", ""), "without shutdown the exit status is 1")

# A header of -I that is wrong is told at the beginning.
header = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"lsp_test_{os.getpid()}.h")
with open(header, "w") as file:
    file.write("int f(;\n")
by = Client("-I", header)
by.open(typed, "@@BEGIN { exit(); }")
got = by.published(typed)["diagnostics"][0]
result(got["message"].startswith(f"{header}:1:7: ") and got["range"] == span(0, 0, 0), f"a header: {got}")
os.remove(header)
by.open(typed, "@@BEGIN { exit(); }")
result(f"cannot read script `{header}`" in by.published(typed)["diagnostics"][0]["message"], "a header that is gone")
by.end()

# --- all scripts: the diagnostics are those of --check ----------------------------------------------------------------

severities = {"error": 1, "warning": 2, "note": 3}


def as_published(path, text, target):
    done = subprocess.run([os.environ["PROBEVUE"], "--check", "--format", "json", path], capture_output=True, stdin=subprocess.DEVNULL)
    rows = text.split("\n")

    def units(line, column):
        row = rows[line - 1]
        skipped = 1 if line == 1 and text.startswith("\ufeff") else 0
        return {"line": line - 1, "character": len(row[: column - 1 + skipped].rstrip("\r").encode("utf-16-le")) // 2}

    def range_of(one):
        if "line" not in one:
            return span(0, 0, 0)
        return {"start": units(one["line"], one["column"]), "end": units(one["end_line"], one["end_column"])}

    out = []
    for one in map(json.loads, done.stdout.decode().splitlines()[:-1]):
        said = lambda of: of["message"] + (f"\nhint: {of['hint']}" if "hint" in of else "")
        made = {"range": range_of(one), "severity": severities[one["severity"]], "source": "probevue", "message": said(one)}
        if "notes" in one:
            made["relatedInformation"] = [{"location": {"uri": target, "range": range_of(note)}, "message": said(note)} for note in one["notes"]]
        out.append(made)
    return out


checked = 0
for path in sorted(glob.glob("scripts/*.e")) + sorted(glob.glob("tests/errors/**/*.e", recursive=True)):
    try:
        text = open(path, "rb").read().decode()
    except UnicodeDecodeError:
        continue
    path = os.path.abspath(path)
    target = "file://" + path
    client.open(target, text)
    got = client.published(target)["diagnostics"]
    equal(got, as_published(path, text, target), path)
    if "/scripts/" in path:
        errors = [one["message"] for one in got if one["severity"] == 1]
        # Scripts that are given arguments say that there are none.
        needs = "$1" in text and all(one.startswith("argument `$") for one in errors)
        result(not errors or needs, f"{path} has errors: {errors}")
    symbols = client.request("textDocument/documentSymbol", {"textDocument": {"uri": target}})
    if "/scripts/" in path:
        result(any(one["kind"] == 24 for one in symbols), f"{path} has clauses")
    client.notify("textDocument/didClose", {"textDocument": {"uri": target}})
    while client.published(target).get("version") is not None:
        pass
    checked += 1
result(checked > 100, f"{checked} scripts")

equal(client.shut_down(), (0, b"", ""), "the end")
conclude()
PYTHON
