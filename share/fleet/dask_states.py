#!/usr/bin/env python3
"""Replays captures on the workers of Dask: they gather states, put them together in a tree, and the answer is printed here.

usage: dask_states.py SCRIPT SHARDS CAPTURE... [-- ARGUMENTS]
    SHARDS is a number: each process reads all captures and takes its part of them, for scripts of each class but serial;
    or `files`: each process reads one capture, so that each is read once, for scripts of the class free; those
    of one `--split` for window and flow too (shard-0001-of-0064.pcapng and so on).
    `probevue -r /dev/null -d merge SCRIPT` tells the class. Captures and script lie where all workers see them; states travel by Dask.
environment: PROBEVUE   the program, on all workers (probevue)
             FLAGS      further flags for it, such as '-I types.h --format json'
             SCHEDULER  address of the scheduler, tcp://HOST:8786, or its file; without it workers are started on this machine
"""
import os
import re
import subprocess
import sys
import tempfile

FAN = 8  # how many states are put together at once


def fail(text):
    sys.exit(f"dask_states.py: {text}")


def gather(command):
    """The state that a command prints. What fails is tried again by Dask; half a state is none."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def merge(probevue, script, states, answer=False):
    """What probevue --merge makes of states: one state, or the answer."""
    with tempfile.TemporaryDirectory() as folder:
        for number, state in enumerate(states):
            with open(f"{folder}/{number}.pvs", "wb") as file:
                file.write(state)
        command = [*probevue, "--merge", f"{folder}/*.pvs"]
        if answer:
            return gather([*command, *script])
        gather([*command, "--state-out", f"{folder}/merged", *script])
        with open(f"{folder}/merged", "rb") as file:
            return file.read()


def plan(arguments):
    """The commands of the parts, the program, and the script with its arguments; scripts that cannot be split are an error."""
    script, captures, own = arguments[:1], arguments[2:], []
    if "--" in captures:
        at = captures.index("--")
        captures, own = captures[:at], captures[at + 1:]
    if not captures:
        fail("usage: dask_states.py SCRIPT SHARDS CAPTURE... [-- ARGUMENTS]")
    shards = arguments[1]
    if shards != "files" and not (shards.isdecimal() and 0 < int(shards) <= 65536):
        fail(f"SHARDS is a number or `files`, not `{shards}`")
    script = [os.path.abspath(script[0]) if os.path.exists(script[0]) else script[0], *own]
    captures = [os.path.abspath(capture) for capture in captures]
    probevue = [os.environ.get("PROBEVUE", "probevue"), *os.environ.get("FLAGS", "").split()]

    shown = subprocess.run([*probevue, "-r", "/dev/null", "-d", "merge", *script], stdout=subprocess.PIPE, text=True)
    classes = [line[len("script: "):] for line in shown.stdout.splitlines() if line.startswith("script: ")]
    if not classes:
        fail(f"{script[0]}: no class (probevue -d merge)")
    if classes[0].startswith("serial"):
        fail(f"{script[0]} cannot be split, one process answers it: {classes[0]}")
    cut = all(re.fullmatch(r"shard-\d+-of-\d+\.pcapng", os.path.basename(capture)) for capture in captures)
    if shards == "files" and not classes[0].startswith(("free", "window", "flow") if cut else "free"):
        fail(f"{script[0]} wants all captures in each process, a number of SHARDS: {classes[0]}")

    start = [*probevue, "-q", "info=none", "--state-out", "-"]
    if shards == "files":
        return [[*start, "-r", capture, *script] for capture in captures], probevue, script
    reads = [word for capture in captures for word in ("-r", capture)]
    return [[*start, *reads, "--shard", f"{part}/{shards}", *script] for part in range(1, int(shards) + 1)], probevue, script


def connect():
    """A client of the scheduler that the environment names, or of workers of its own."""
    from distributed import Client
    where = os.environ.get("SCHEDULER")
    if not where:
        return Client(threads_per_worker=1, dashboard_address=None)
    return Client(scheduler_file=where) if os.path.exists(where) else Client(where)


def main():
    if len(sys.argv) < 4:
        fail("usage: dask_states.py SCRIPT SHARDS CAPTURE... [-- ARGUMENTS]")
    parts, probevue, script = plan(sys.argv[1:])
    with connect() as client:
        states = client.map(gather, parts, retries=3, pure=False)
        while len(states) > FAN:
            states = [client.submit(merge, probevue, script, states[at:at + FAN], retries=3, pure=False)
                      for at in range(0, len(states), FAN)]
        try:
            answer = merge(probevue, script, client.gather(states), answer=True)
        except RuntimeError as error:
            fail(error)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
