#!/usr/bin/env bash
# The language server and clients that are wrong: each is answered as the protocol says, or the server ends with one clear message. It
# never hangs, and nothing but messages goes to standard output.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
command -v python3 >/dev/null || { echo "python3 is missing: apt install python3"; exit 77; }
export PROBEVUE LC_ALL=C.UTF-8 PYTHONPATH=tests/diff PYTHONDONTWRITEBYTECODE=1

exec timeout 250 python3 - <<'PYTHON'
import os, random, subprocess, threading, time
from lsp_client import Client
from tally import conclude, equal, result

uri = "file:///some.e"
begin = {"line": 0, "character": 0}
of = {"textDocument": {"uri": uri}, "position": begin}


def refused(client, message, code, text, number=None):
    """What is answered to a message that is sent as it is."""
    client.send(message)
    answer = client.read()
    equal(answer, {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": text}}, f"answer to {str(message)[:80]}")


# --- what is no message: the end, as nobody knows where the next one begins -------------------------------------------

for data, problem in (
    (b"Content-Length: 50\r\n\r\n{", "the input ends within a message"),
    (b"Content-Le", "the input ends within a message"),
    (b"nonsense\r\n\r\n", "`nonsense` is no line of a header"),
    (b"Content-Length 5\r\n\r\n{}", "`Content-Length 5` is no line of a header"),
    (b"Content-Type: x\r\n\r\n{}", "a message has no Content-Length"),
    (b"Content-Length: -5\r\n\r\n{}", "Content-Length is no number: `-5`"),
    (b"Content-Length: five\r\n\r\n{}", "Content-Length is no number: `five`"),
    (b"Content-Length: \r\n\r\n{}", "Content-Length is no number: ``"),
    (b"Content-Length: 16777217\r\n\r\n{", "Content-Length 16777217 is more than 16777216 bytes"),
    (b"Content-Length: 99999999999999999999999\r\n\r\n{", "Content-Length 99999999999999999999999 is more than 16777216 bytes"),
    (b"X" * 5000, "the header of a message is longer than 4096 bytes"),
    (b"\x00\x7f\r\n\r\n", "`\\x00\\x7f` is no line of a header"),
):
    client = Client(begin=False)
    client.write(data)
    status, out, err = client.end()
    equal((status, err), (1, f"probevue: error: {problem}\n"), f"{data[:40]}")
    body = out.split(b"\r\n\r\n", 1)[1].decode()
    wanted = '{"error":{"code":-32700,"message":' in body and '"id":null' in body
    result(wanted, f"{data[:40]}: {out}")

# A length that is too short cuts the message, and the rest is no header.
client = Client(begin=False)
body = b'{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}'
client.write(b"Content-Length: %d\r\n\r\n" % (len(body) - 9) + body + b"\r\n\r\n")
equal(client.read()["error"], {"code": -32700, "message": "the message is no JSON"}, "a length that is too short")
equal(client.end()[::2], (1, "probevue: error: `hutdown\\\"}` is no line of a header\n"), "what is behind it")

# Nothing at all, and other spellings of what is right.
client = Client(begin=False)
equal(client.end(), (1, b"", ""), "no message")
client = Client(begin=False)
body = b'{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"capabilities":{}}}'
client.write(b"content-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:%d\r\n\r\n" % len(body) + body)
equal(client.answer("a")["result"]["serverInfo"]["name"], "probevue", "a header in small letters, an id that is a string")
equal(client.shut_down()[0], 0, "the end")

# A message that comes byte by byte.
client = Client(begin=False)
for byte in Client.frame(body):
    client.write(bytes([byte]))
equal(client.answer("a")["result"]["serverInfo"]["name"], "probevue", "byte by byte")
equal(client.shut_down()[0], 0, "the end")

# --- the order of things ----------------------------------------------------------------------------------------------

client = Client(begin=False)
refused(client, {"jsonrpc": "2.0", "id": 7, "method": "textDocument/hover", "params": of}, -32002, "`textDocument/hover` comes before `initialize`", 7)
refused(client, {"jsonrpc": "2.0", "id": 8, "method": "shutdown"}, -32002, "`shutdown` comes before `initialize`", 8)
refused(client, {"jsonrpc": "2.0", "id": 8, "method": "initialize", "params": 5}, -32602, "`params` is no object", 8)
client.open(uri, "@@BEGIN { }")  # is passed over
client.request("initialize", {"capabilities": {}})
refused(client, {"jsonrpc": "2.0", "id": 9, "method": "initialize", "params": {}}, -32600, "`initialize` comes a second time", 9)
refused(client, {"jsonrpc": "2.0", "id": 10, "method": "textDocument/hover", "params": of}, -32602, f"the document `{uri}` is not open", 10)
client.request("shutdown", None)
refused(client, {"jsonrpc": "2.0", "id": 11, "method": "textDocument/hover", "params": of}, -32600, "`textDocument/hover` comes after `shutdown`", 11)
equal(client.end(), (0, b"", ""), "the end of the input behind shutdown")
client = Client()
client.notify("exit", None)
equal(client.end(), (1, b"", ""), "exit without shutdown")
client = Client(begin=False)
client.notify("exit", None)
equal(client.end(), (1, b"", ""), "exit without anything")

# --- what is no request, and requests that are wrong ------------------------------------------------------------------

client = Client()
client.open(uri, "@@BEGIN { exit(); }")
client.published(uri)
no_json, no_request = "the message is no JSON", "the message is no request of JSON-RPC 2.0"
for message in b"", b"{", b"nonsense", b'{"jsonrpc": "2.0", "id": 1, "method": "x"', b"\xff\xfe", b'{"a": "\xc3"}', b"\x00", b'{"a": "\\ud800"}', b"{} {}":
    refused(client, message, -32700, no_json)
for depth, text in (b"[", "JSON is nested more than 100 deep"), (b'{"a":', "JSON is nested more than 100 deep"):
    refused(client, depth * 1_000_000, -32700, text)
for message in [], 5, None, "text", {}, {"jsonrpc": "2.0"}, {"method": "shutdown"}, {"jsonrpc": "1.0", "method": "shutdown"}, \
        {"jsonrpc": "2.0", "method": 5}, {"jsonrpc": "2.0", "id": None, "method": "shutdown"}, {"jsonrpc": "2.0", "id": {}, "method": "shutdown"}, \
        {"jsonrpc": "2.0", "id": 1.5, "method": "shutdown"}, [{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}]:
    refused(client, message, -32600, no_request)
refused(client, {"id": 5, "method": "shutdown"}, -32600, no_request, 5)
for method in "nothing", "", "textDocument/rename", "$/unknown", "textDocument/didOpen", "exit ", "\u0000":
    refused(client, {"jsonrpc": "2.0", "id": 6, "method": method, "params": of}, -32601, f"there is no request `{method}`", 6)
hover = lambda params: {"jsonrpc": "2.0", "id": 7, "method": "textDocument/hover", "params": params}
for params, text in (
    ({}, "`textDocument` is missing"), (None, "`textDocument` is missing"), ([], "`textDocument` is missing"), (5, "`textDocument` is missing"),
    ({"textDocument": 5}, "`uri` is missing"), ({"textDocument": {"uri": 5}}, "`uri` is no string"),
    ({"textDocument": {"uri": "file:///no.e"}, "position": begin}, "the document `file:///no.e` is not open"),
    ({"textDocument": {"uri": uri}}, "`position` is missing"), ({"textDocument": {"uri": uri}, "position": []}, "`line` is missing"),
    ({"textDocument": {"uri": uri}, "position": {"line": 0}}, "`character` is missing"),
    ({"textDocument": {"uri": uri}, "position": {"line": "0", "character": 0}}, "`line` is no number from 0 to 2147483647"),
    ({"textDocument": {"uri": uri}, "position": {"line": -1, "character": 0}}, "`line` is no number from 0 to 2147483647"),
    ({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0.5}}, "`character` is no number from 0 to 2147483647"),
    ({"textDocument": {"uri": uri}, "position": {"line": 1e99, "character": 0}}, "`line` is no number from 0 to 2147483647"),
    ({"textDocument": {"uri": uri}, "position": {"line": 2147483648, "character": 0}}, "`line` is no number from 0 to 2147483647")):
    refused(client, hover(params), -32602, text, 7)
refused(client, {"jsonrpc": "2.0", "id": 7, "method": "textDocument/hover"}, -32602, "`textDocument` is missing", 7)
client.send({"jsonrpc": "2.0", "id": 99, "result": None})  # an answer to nothing
client.notify("$/setTrace", {"value": "off"})
client.notify("workspace/didChangeConfiguration", {"settings": None})

# Notifications have no answer: what is wrong with them goes to the client's log, and the document stays as it was.
change = lambda *changes: {"textDocument": {"uri": uri, "version": 2}, "contentChanges": list(changes)}
for method, params, text in (
    ("textDocument/didOpen", {}, "`textDocument` is missing"), ("textDocument/didOpen", {"textDocument": {"uri": uri}}, "`text` is missing"),
    ("textDocument/didChange", {"textDocument": {"uri": "file:///no.e"}, "contentChanges": []}, "the document `file:///no.e` is not open"),
    ("textDocument/didChange", {"textDocument": {"uri": uri}, "contentChanges": 5}, "`contentChanges` is no array"),
    ("textDocument/didChange", change({"text": "lost"}, {"text": 5}), "`text` is no string"),
    ("textDocument/didChange", change({"text": "x", "range": {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 2}}}), "`range` ends before it begins"),
    ("textDocument/didClose", {"textDocument": {"uri": "file:///no.e"}}, "the document `file:///no.e` is not open")):
    client.notify(method, params)
    equal(client.read(), {"jsonrpc": "2.0", "method": "window/logMessage", "params": {"type": 1, "message": f"{method}: {text}"}}, f"{method} {params}")
answer = client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 11}})
result("void exit" in answer["contents"]["value"], f"the document is as it was: {answer}")

# --- places that are not there, texts that are none -------------------------------------------------------------------

for line, character in (0, 2147483647), (2147483647, 0), (99, 99), (1, 0):
    at = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
    for method in "hover", "completion", "definition", "signatureHelp", "references", "documentHighlight":
        answer = client.request("textDocument/" + method, at)
        result(answer is None or isinstance(answer, (list, dict)) and "code" not in answer, f"{method} at {line}:{character}: {answer}")
client.change(uri, 3, {"range": {"start": {"line": 99, "character": 0}, "end": {"line": 2147483647, "character": 5}}, "text": "\n@@END { nix(); }"})
equal([one["range"]["start"] for one in client.published(uri, 3)["diagnostics"]], [{"line": 1, "character": 8}], "a change behind the end")

client.open(uri, "@@BEGIN { \u0000 }", 4)
equal([one["message"].split("\n")[0] for one in client.published(uri, 4)["diagnostics"]], ["NUL byte at offset 10: this is not a script"], "a NUL")
for text in "", "\n", "\ufeff", "@@", "@@BEGIN {", "{{{{", "}}}}", "/*", "\"", "@@BEGIN { x", "$", "${", "(" * 5000, "@@BEGIN { " + "if (1) { " * 400, \
        "@@BEGIN { x = " + "(" * 300, "__arg1->" * 50, "\r\r\n\n\r", "@@net:bpf:::::\"\"\"", "\u0001\u007f\U0010ffff":
    client.open(uri, text, 5)
    client.published(uri, 5)
    last = text.count("\n")
    for character in 0, 5, 10_000:
        at = {"textDocument": {"uri": uri}, "position": {"line": last, "character": character}}
        for method in "hover", "completion", "definition", "signatureHelp", "references", "documentSymbol", "formatting":
            answer = client.request("textDocument/" + method, at)
            result(answer is None or "code" not in answer, f"{method} in {text[:20]!r}: {answer}")

# Scripts of a megabyte: the largest that there may be, and one that is larger.
line = "@@BEGIN { n++; } // some more text\n"
large = line * (1024 * 1024 // len(line))
names = "int " + ", ".join(f"name_{i}" for i in range(70_000)) + "; @@BEGIN { name_1 = 1; }"
members = "struct s { int " + ", ".join(f"m{i}" for i in range(70_000)) + "; } a, b; @@BEGIN { a.m1 = 1; }"
for text, messages in (large, None), (large + line * 10, ["script is larger than 1024 KiB"]), ("x" * 1_000_000, None), ("\u20ac" * 300_000, None), \
        (large.replace("// some more text\n", "/* some more text */ ")[:1_000_000], None), (names, None), (members, None):
    client.open(uri, text, 6)
    got = client.published(uri, 6)["diagnostics"]
    result(messages is None and len(got) <= 102 or [one["message"].split("\n")[0] for one in got] == messages, f"a large script: {str(got)[:300]}")
    answer = client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 20_000, "character": 12}})
    result(answer is None or "contents" in answer, f"a large script: {answer}")
    since = time.monotonic()
    client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    for method in "completion", "definition", "references", "hover", "signatureHelp", "formatting":
        client.request("textDocument/" + method, {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 900_000}})
    took = time.monotonic() - since
    result(took < 20, f"{text[:40]!r}: answers take {took:.1f} s")

# --- cancelled requests -----------------------------------------------------------------------------------------------

client.open(uri, "@@BEGIN { exit(); }", 7)
client.published(uri, 7)
both = Client.frame(hover({"textDocument": {"uri": uri}, "position": begin}) | {"id": 1000})
both += Client.frame({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 1000}})
client.write(both)  # goes into the pipe whole
equal(client.answer(1000)["error"], {"code": -32800, "message": "the request has been cancelled"}, "a request that is cancelled")
for params in {"id": 1000}, {"id": "no"}, {}, None, 5:
    client.notify("$/cancelRequest", params)
equal(client.request("textDocument/definition", {"textDocument": {"uri": uri}, "position": begin}), None, "it goes on")
equal(client.shut_down(), (0, b"", ""), "the end")

# --- many messages at once, garbage of all sorts, a client that does not read -------------------------------------------

client = Client()
many = b"".join(Client.frame({"jsonrpc": "2.0", "id": 5000 + i, "method": "nothing"}) for i in range(2000))
writer = threading.Thread(target=client.write, args=(many,))
writer.start()
equal([client.read()["id"] for i in range(2000)], list(range(5000, 7000)), "many requests")
writer.join()
equal(client.shut_down()[0], 0, "the end")

random.seed(7)
good = Client.frame({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}) + \
    Client.frame({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "version": 1, "text": "@@BEGIN { exit(); }"}}}) + \
    Client.frame(hover(of)) + Client.frame({"jsonrpc": "2.0", "id": 2, "method": "shutdown"}) + Client.frame({"jsonrpc": "2.0", "method": "exit"})
for turn in range(150):
    bad = bytearray(good)
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(bad))
        if random.random() < 0.5:
            bad[at] = random.randrange(256)
        else:
            del bad[at : at + random.randrange(1, 20)]
    done = subprocess.run([os.environ["PROBEVUE"], "--lsp"], input=bytes(bad), capture_output=True, timeout=60)
    result(done.returncode in (0, 1), f"garbage {bytes(bad)}: {done.returncode} {done.stderr}")

client = Client()
client.process.stdout.close()
for i in range(100):
    client.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "version": i, "text": "@@BEGIN { nix(); }"}})
try:
    client.process.stdin.close()
except BrokenPipeError:
    pass
equal(client.process.wait(), 1, "a client that has gone away")
client.timer.cancel()

# The time that a change takes.
script = "".join(f"@@net:bpf:any:tcp:\"port {i}\" {{ count_{i}[__ip4hdr->src_addr]++; }}\n" for i in range(1, 201))
client = Client()
client.open(uri, script)
client.published(uri)
since = time.monotonic()
for i in range(10):
    client.change(uri, i, {"range": {"start": begin, "end": begin}, "text": "\n"})
    client.published(uri, i)
took = (time.monotonic() - since) / 10
print(f"a change of a script of 200 clauses is checked in {took * 1000:.1f} ms")
result(took < 2, f"a change takes {took} s")
equal(client.shut_down()[0], 0, "the end")

# The flags of the command.
done = subprocess.run([os.environ["PROBEVUE"], "--lsp", "script.e"], capture_output=True, stdin=subprocess.DEVNULL, text=True)
equal((done.returncode, done.stdout, done.stderr), (2, "", "probevue: error: --lsp is given its scripts by the editor\nhint: leave out the script\n"), "--lsp SCRIPT")

conclude()
PYTHON
