#!/usr/bin/env python3
"""States of live sessions by NATS: each host publishes its own, anybody who wants the answer subscribes to them.

usage: probevue --every 10s --state-out - SCRIPT | nats_states.py publish [SUBJECT]
       nats_states.py subscribe [SUBJECT] | probevue --every 10s --merge - SCRIPT
    SUBJECT is probevue.states if not given. A host publishes under it with its own name behind (probevue.states.HOST).
environment: NATS  address of the server (127.0.0.1:4222)

A message is one state, as it is. A server takes messages of 1 MB if its max_payload says nothing else: a state that is longer is an
error that says so. When the server goes away, publishing goes on once it is there again: of what could not be told meanwhile, sums
are in the next state, and windows are told as missing by who puts states together.
"""
import json
import os
import signal
import socket
import sys
import time

WAIT = 1  # seconds between two attempts to reach the server
ZSTD = b"\x28\xb5\x2f\xfd"  # a state begins so


def fail(text):
    sys.exit(f"nats_states.py: {text}")


def say(text):
    print(f"nats_states.py: {text}", file=sys.stderr, flush=True)


class Connection:
    """What of the protocol of NATS is needed here: https://docs.nats.io/reference/reference-protocols/nats-protocol"""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host.strip("[]"), int(port)))
        self.input = self.socket.makefile("rb")
        words = self.input.readline().split(b" ", 1)
        if words[0] != b"INFO":
            raise OSError("this is no NATS server")
        self.max_payload = json.loads(words[1])["max_payload"]
        self.send(b'CONNECT {"verbose":false,"pedantic":false,"name":"probevue"}\r\nPING\r\n')
        self.wait_for_pong()

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        line = self.input.readline()
        if not line:
            raise OSError("the server has closed the connection")
        if line.startswith(b"-ERR"):
            raise OSError(line.decode(errors="replace").strip())
        if line.startswith(b"PING"):
            self.send(b"PONG\r\n")
        return line

    def wait_for_pong(self):
        while not self.line().startswith(b"PONG"):
            pass

    def publish(self, subject, data):
        self.send(b"PUB %s %d\r\n%s\r\nPING\r\n" % (subject, len(data), data))
        self.wait_for_pong()

    def messages(self, subject):
        self.send(b"SUB %s 1\r\n" % subject)
        while True:
            line = self.line()
            if line.startswith(b"MSG"):
                size = int(line.split()[-1])
                yield self.input.read(size + 2)[:size]


def connect(address):
    told = False
    while True:
        try:
            return Connection(address)
        except (OSError, ValueError) as error:
            if not told:
                say(f"{address}: {error}; trying again each {WAIT} s")
            told = True
            time.sleep(WAIT)


def read_exactly(stream, size):
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


def read_state(stream):
    """The next state: a frame of zstd (RFC 8878, 3.1.1). None at the end."""
    magic = stream.read(4)
    if not magic:
        return None
    if magic != ZSTD:
        fail("what comes on standard input is no state: probevue --every TIME --state-out - SCRIPT writes them")
    parts = [magic, read_exactly(stream, 1)]
    descriptor = parts[1][0]
    single_segment, checksum = descriptor >> 5 & 1, descriptor >> 2 & 1
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    content = (single_segment, 2, 4, 8)[descriptor >> 6]
    parts.append(read_exactly(stream, (not single_segment) + dictionary + content))
    last = False
    while not last:
        header = read_exactly(stream, 3)
        block = int.from_bytes(header, "little")
        last, kind, size = block & 1, block >> 1 & 3, block >> 3
        parts += [header, read_exactly(stream, 1 if kind == 1 else size)]
    parts.append(read_exactly(stream, 4 * checksum))
    return b"".join(parts)


def publish(address, subject):
    connection = connect(address)
    while True:
        try:
            state = read_state(sys.stdin.buffer)
        except EOFError:
            fail("the last state is cut off: it is not published")
        if state is None:
            return
        if len(state) > connection.max_payload:
            fail(f"a state has {len(state)} bytes, and {address} takes {connection.max_payload}: raise its max_payload")
        # A message that is published twice counts once.
        while True:
            try:
                connection.publish(subject, state)
                break
            except OSError as error:
                say(f"{address}: {error}")
                connection = connect(address)


def subscribe(address, subject):
    while True:
        connection = connect(address)
        try:
            for state in connection.messages(subject):
                sys.stdout.buffer.write(state)
                sys.stdout.buffer.flush()
        except BrokenPipeError:
            os._exit(0)  # who puts states together has ended
        except OSError as error:
            say(f"{address}: {error}")


def main():
    if not 2 <= len(sys.argv) <= 3 or sys.argv[1] not in ("publish", "subscribe"):
        fail("usage: nats_states.py publish|subscribe [SUBJECT]")
    address = os.environ.get("NATS", "127.0.0.1:4222")
    subject = (sys.argv[2] if len(sys.argv) == 3 else "probevue.states").encode()
    # Ctrl-C reaches all of a pipeline: the session's last state is still to be published then.
    if sys.argv[1] == "publish":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if sys.argv[1] == "publish":
            # A name of two parts would be two tokens of the subject.
            publish(address, subject + b"." + socket.gethostname().replace(".", "_").encode())
        else:
            subscribe(address, subject + b".>")
    except KeyboardInterrupt:
        pass


main()
