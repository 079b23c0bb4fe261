"""Asks one sharkd, Wireshark's server, about many files: tshark takes a fifth of a second to begin, for each.
usage: sharkd.py trees FILE...      for each file: `== FILE`, what Wireshark says of it, `frames N`, the tree of each frame
       sharkd.py count FILE FILTER...   a line for each filter: how many frames it finds, or what is wrong with it
Plug-ins are those of $HOME."""
import json
import subprocess
import sys


class Sharkd:
    def __init__(self):
        self.process = subprocess.Popen(["sharkd", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace")
        self.id = 0

    def send(self, method, **params):
        self.id += 1
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params}) + "\n")
        return self.id

    # What it says until an answer, and the answer.
    def receive(self, number):
        said = []
        for line in self.process.stdout:
            if line.startswith('{"jsonrpc"'):
                answer = json.loads(line)
                if answer.pop("id") == number:
                    return said, answer
                line = json.dumps(answer.get("error", ""))
            said.append(line.rstrip("\n"))
        sys.exit("sharkd ended: %s" % said)

    # What is wrong with a file, and how many frames it has. One that is cut off is told of, and not answered.
    def load(self, file):
        self.send("load", file=file)
        number = self.send("status")
        self.process.stdin.flush()
        said, status = self.receive(number)
        said = [line for line in said if not line.startswith(("load: ", "Running as ", "Hello ")) and line != '""']
        refused = any(line.startswith("{") for line in said)  # what was loaded before is still there
        return said, 0 if refused else status["result"]["frames"]

    # Not one by one: a pipe takes this many requests, and each that is waited for waits for a processor too.
    def trees(self, frames):
        for first in range(1, frames + 1, 100):
            numbers = [self.send("frame", frame=frame, proto=True) for frame in range(first, min(first + 100, frames + 1))]
            self.process.stdin.flush()
            for number in numbers:
                yield self.receive(number)


sharkd = Sharkd()
if sys.argv[1] == "trees":
    for file in sys.argv[2:]:
        said, frames = sharkd.load(file)
        print("== %s" % file, *said, "frames %d" % frames, sep="\n")
        for said, tree in sharkd.trees(frames):
            # Wireshark 4.4 numbers streams there with memory that it has not set.
            tree.get("result", {}).pop("followers", None)
            print(*said, json.dumps(tree), sep="\n")
else:
    sharkd.load(sys.argv[2])
    for text in sys.argv[3:]:
        number = sharkd.send("frames", filter=text)
        sharkd.process.stdin.flush()
        said, answer = sharkd.receive(number)
        print(len(answer["result"]) if "result" in answer else answer["error"]["message"])
