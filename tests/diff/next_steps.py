"""Runs the commands of next_steps.txt and compares what they say. The form of the file:

    ## Heading
    $ probevue ...       one line, as in a shell
    | line               what it prints, on standard error and standard output
    exits 2
    next: text           stands in a line of the message, and not in the command: what to do next

The folder in which commands run holds the files that `files` makes."""
import concurrent.futures
import gzip
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

least_mistakes = 100


def files(folder):
    data = pathlib.Path("tests/data")
    capture = (data / "web.pcap").read_bytes()
    for name, content in {
        "web.pcap": capture,
        "web.pcap.gz": gzip.compress(capture, mtime=0),
        "cut.pcap": capture[:-5],
        "notes.txt": b"what I saw on Monday\n",
        "filter.txt": b"port 80\n",
        "talkers.e": b'int n;\n@@net:bpf:any:tcp:"" { n++; }\n',
        "unbalanced.e": b'int n;\n@@net:bpf:any:tcp:"" {\n    if (__pkt->length > 100) {\n        n++;\n}\n@@END { printf("%d\\n", n); }\n',
        "extra.e": b'int n;\n@@net:bpf:any:tcp:"" { n++; } }\n@@END { printf("%d\\n", n); }\n',
        "nosemicolon.e": b'int n\n@@net:bpf:any:tcp:"" {\n    n++\n    n++;\n}\n',
        "nostring.e": b'@@BEGIN {\n    printf("hello\\n);\n}\n',
        "crlf.e": b'@@BEGIN {\r\n    pirntf("hello");\r\n}\r\n',
        "quotes.e": "@@BEGIN { printf(\u201chello\u201d); }\n".encode(),
        "empty.e": b"",
        "binary.e": b"\x7fELF\2\1\1\0\0\0\0\0",
        "args.e": b'@@BEGIN { printf("%d\\n", $1); }\n',
    }.items():
        (folder / name).write_bytes(content)


class Mistake:
    def __init__(self, heading, command):
        self.heading, self.command = heading, command
        self.said, self.status, self.next = [], None, None

    def run(self, folder):
        environment = {**os.environ, "HOME": str(folder), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        environment.pop("PROBEVUE_SCRIPTS", None)
        done = subprocess.run(["bash", "-c", 'probevue() { timeout 10 "$PROBEVUE" "$@"; }\n' + self.command], cwd=folder,
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = done.stdout.decode(errors="replace").replace(str(folder), "/home/you").replace(os.getcwd() + "/scripts", "/usr/share/probevue/scripts")
        return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n"), done.returncode

    # What is wrong with the entry in itself; empty: nothing.
    def complaint(self, said):
        if not self.next:
            return "has no `next:` line"
        if self.next in self.command:
            return "`next: %s` is what was typed" % self.next
        return "" if any(self.next in line for line in said) else "`next: %s` is not in the message" % self.next

    def text(self):
        lines = ["$ " + self.command, *("| " + line if line else "|" for line in self.said), "exits %s" % self.status]
        return "\n".join(lines + (["next: " + self.next] if self.next else [])) + "\n"


def read(path):
    heading, mistakes, head = "", [], []
    for number, line in enumerate(path.read_text().split("\n"), 1):
        if line.startswith("## "):
            heading = line
        elif line.startswith("$ "):
            mistakes.append(Mistake(heading, line[2:]))
        elif line.startswith("|"):
            mistakes[-1].said.append(line[2:])
        elif line.startswith("exits "):
            mistakes[-1].status = int(line[6:])
        elif line.startswith("next: "):
            mistakes[-1].next = line[6:]
        elif not mistakes and not heading:
            head.append(line)
        elif line:
            sys.exit("%s:%d: cannot be read: %s" % (path, number, line))
    return "\n".join(head).strip("\n"), mistakes


def write(path, head, mistakes):
    heading = ""
    with path.open("w") as out:
        out.write(head + "\n")
        for mistake in mistakes:
            if mistake.heading != heading:
                heading = mistake.heading
                out.write("\n" + heading + "\n")
            out.write("\n" + mistake.text())


def main(path, update):
    head, mistakes = read(path)
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        files(folder)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda mistake: mistake.run(folder), mistakes))
    finally:
        shutil.rmtree(folder)
    failed = 0
    for mistake, (said, status) in zip(mistakes, results):
        problems = [mistake.complaint(said)]
        if (status == 0 and not any("warning: " in line for line in said)) or status >= 124:
            problems.append("ends with status %d" % status)
        if update:
            mistake.said, mistake.status = said, status
        elif (said, status) != (mistake.said, mistake.status):
            problems.append("says, with status %d (--update takes it over):\n  %s" % (status, "\n  ".join(said)))
        for problem in filter(None, problems):
            failed += 1
            print("FAIL $ %s\n  %s" % (mistake.command, problem))
    if update:
        write(path, head, mistakes)
    if len(mistakes) < least_mistakes or len({mistake.command for mistake in mistakes}) != len(mistakes):
        failed += 1
        print("FAIL %d mistakes, each once: too few, or one twice" % len(mistakes))
    print("%d mistakes, %d failed" % (len(mistakes), failed))
    return failed != 0


sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2:] == ["--update"]))
