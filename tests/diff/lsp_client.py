# A client of the Language Server Protocol for tests: the standard library, and the program as editors start it.
import json, os, subprocess, threading


class Client:
    """Speaks to `probevue --lsp`. Whatever takes longer than a minute is ended, and fails."""

    def __init__(self, *flags, capabilities=None, begin=True):
        probevue = os.environ.get("PROBEVUE", "build/release/probevue")
        self.process = subprocess.Popen([probevue, "--lsp", *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.timer = threading.Timer(200, self.process.kill)  # a server that hangs; the test itself has 250 seconds
        self.timer.daemon = True
        self.timer.start()
        self.number = 0
        self.notifications = []
        if begin:
            self.initialized = self.request("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities or {}})
            self.notify("initialized", {})

    def write(self, data):
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    @staticmethod
    def frame(message):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return b"Content-Length: %d\r\n\r\n" % len(body) + body

    def send(self, message):
        self.write(self.frame(message))

    def notify(self, method, params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def read(self):
        """The next message; None at the end of the output. Anything else on it is an error."""
        header = b""
        while not header.endswith(b"\r\n\r\n"):
            byte = self.process.stdout.read(1)
            if not byte:
                assert not header, f"the output ends with {header}"
                return None
            header += byte
        name, value = header[:-4].split(b": ")
        assert name == b"Content-Length", header
        message = json.loads(self.process.stdout.read(int(value)).decode())
        assert message["jsonrpc"] == "2.0"
        return message

    def answer(self, number):
        while True:
            message = self.read()
            assert message is not None, f"no answer to {number}, the server has ended: {self.end()}"
            if "method" in message:
                self.notifications.append(message)
            elif message["id"] == number:
                return message

    def request(self, method, params):
        self.number += 1
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        message = self.answer(self.number)
        return message["result"] if "result" in message else message["error"]

    def open(self, uri, text, version=1):
        self.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "probevue", "version": version, "text": text}})

    def change(self, uri, version, *changes):
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)})

    def published(self, uri, version=None):
        """What is published next of a document, or of this version of it."""
        while True:
            message = self.notifications.pop(0) if self.notifications else self.read()
            assert message is not None, f"nothing is published, the server has ended: {self.end()}"
            params = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and params["uri"] == uri and version in (None, params.get("version")):
                return params

    def end(self):
        """The exit status, and what went to standard error, when the client's end of the pipe closes."""
        self.process.stdin.close()
        rest = self.process.stdout.read()
        status = self.process.wait()
        self.timer.cancel()
        return status, rest, self.process.stderr.read().decode(errors="replace")

    def shut_down(self):
        assert self.request("shutdown", None) is None
        self.notify("exit", None)
        return self.end()
