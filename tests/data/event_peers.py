"""The two ends of the traffic that record_events.sh records: near is this namespace, far is the one named."""

import ctypes
import os
import socket
import struct
import subprocess
import sys
import threading
import time

NEAR, FAR, FAR6 = "10.10.10.1", "10.10.10.2", "2001:db8:10::2"
libc = ctypes.CDLL(None, use_errno=True)


def in_far(namespace, act):
    """Sockets that `act` makes are those of the other namespace; runs in a thread of its own."""
    made = []

    def run():
        with open(f"/run/netns/{namespace}") as handle:
            if libc.setns(handle.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        made.append(act())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return made[0]


def listen(namespace, port, backlog=8, family=socket.AF_INET, buffer=0):
    def act():
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        listener.bind((FAR6 if family == socket.AF_INET6 else FAR, port))
        listener.listen(backlog)
        return listener

    return in_far(namespace, act)


def connect(port, local_port=0, address=FAR):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    client = socket.socket(family, socket.SOCK_STREAM)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if local_port:
        client.bind((NEAR, local_port))
    client.connect((address, port))
    return client


def states(namespace):
    listeners = {port: listen(namespace, port) for port in (80, 9000)}
    listeners[443] = listen(namespace, 443, family=socket.AF_INET6)
    # The connection of AIX's own example.
    client = connect(9000, local_port=8000)
    server, _ = listeners[9000].accept()
    time.sleep(0.05)
    client.close()
    server.recv(1)
    server.close()
    for index in range(4):    # closed by the client, by the server, by turns
        client = connect(80)
        server, _ = listeners[80].accept()
        client.sendall(b"question\n")
        server.recv(100)
        time.sleep(0.01 * index)
        first, second = (client, server) if index % 2 == 0 else (server, client)
        first.close()
        second.recv(100)
        second.close()
    client = connect(443, address=FAR6)
    server, _ = listeners[443].accept()
    server.close()
    client.recv(1)
    client.close()
    try:
        connect(81)    # refused
    except ConnectionRefusedError:
        pass
    kept = connect(80), listeners[80].accept()    # open at the end
    time.sleep(0.1)
    return kept


def start(name, user, work):
    """A process with a name and a user of its own."""
    pid = os.fork()
    if pid != 0:
        return pid
    with open("/proc/self/comm", "w") as comm:
        comm.write(name)
    os.setuid(user)
    work()
    os._exit(0)


def owners(namespace):
    listener = listen(namespace, 80)

    def ask():
        client = connect(80)
        client.sendall(b"question\n")
        client.recv(100)
        client.recv(100)
        client.close()
        try:
            connect(81)    # refused
        except ConnectionRefusedError:
            pass

    asker = start("asker", 1001, ask)
    server, _ = listener.accept()
    server.recv(100)
    answerer = start("answerer", 1002, lambda: server.sendall(b"answer\n"))    # and closes it
    server.close()
    for pid in (asker, answerer):
        os.waitpid(pid, 0)


def calls(namespace):
    listener = listen(namespace, 80)
    request, answer = b"q" * 5000, b"a" * 100000

    def receive(connection, size):
        while size > 0:
            size -= len(connection.recv(size))

    def ask():
        client = socket.socket()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            client.setsockopt(socket.IPPROTO_TCP, 250, 1)    # there is no such option
        except OSError:
            pass
        client.connect((FAR, 80))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        client.sendall(request)
        receive(client, len(answer))
        client.close()
        try:
            connect(81)    # refused
        except ConnectionRefusedError:
            pass
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for _ in range(3):
            sender.sendto(b"nobody", (FAR, 7))

    def serve():
        for _ in range(2):
            server, _ = listener.accept()
            receive(server, len(request))
            server.sendall(answer)
            server.recv(1)
            server.close()

    server = start("server", 1002, serve)
    for _ in range(2):
        os.waitpid(start("asker", 1001, ask), 0)
    os.waitpid(server, 0)
    lost_datagrams(namespace)


def retransmissions(namespace):
    listener = listen(namespace, 5000)
    client = connect(5000, local_port=4000)
    server, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.sendall(b"a")
    time.sleep(0.05)
    rules = "table inet pv { chain input { type filter hook input priority 0; tcp dport 5000 drop\n}\n}"
    far = ["ip", "netns", "exec", namespace, "nft"]
    subprocess.run(far + ["-f", "-"], input=rules.encode(), check=True)
    client.sendall(b"b")
    time.sleep(0.9)
    subprocess.run(far + ["delete", "table", "inet", "pv"], check=True)
    server.recv(100)
    time.sleep(1.2)
    client.close()


def full_listener(namespace):
    listener = listen(namespace, 8080, backlog=1)
    clients = []
    for _ in range(5):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex((FAR, 8080))
        clients.append(client)
        time.sleep(0.01)
    time.sleep(1.2)
    for client in clients:
        client.close()
    listener.close()


def lost_datagrams(namespace):
    def act():
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        receiver.bind((FAR, 514))
        return receiver

    receiver = in_far(namespace, act)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(20):
        sender.sendto(b"x" * 500, (FAR, 514))
    time.sleep(0.05)
    receiver.close()


def full_buffers(namespace):
    listener = listen(namespace, 9100)
    client = connect(9100)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20000)
    server, _ = listener.accept()
    client.setblocking(False)
    refused = 0
    while refused < 60:    # the receiver does not read: its window closes, then the buffer here is full
        try:
            client.send(b"x" * 30000)
        except BlockingIOError:
            refused += 1
            time.sleep(0.002)
    time.sleep(0.3)
    server.close()
    client.close()


def senders(namespace):
    listeners = [(listen(namespace, 80), b"a" * 5000), (listen(namespace, 443, family=socket.AF_INET6), b"a" * 200)]

    def ask(address, port, times, size):
        for _ in range(times):
            client = connect(port, address=address)
            client.sendall(b"q" * size)
            client.recv(1, socket.MSG_PEEK)
            while client.recv(2000):
                pass
            client.close()

    def answer(listener, times, text):
        for _ in range(times):
            server, _ = listener.accept()
            server.recv(100)
            server.sendall(text)
            server.close()

    askers = [start("asker", 1001, lambda: ask(FAR, 80, 2, 30)), start("other", 1002, lambda: ask(FAR6, 443, 1, 50))]
    for times, (listener, text) in zip((2, 1), listeners):
        answer(listener, times, text)
    for pid in askers:
        os.waitpid(pid, 0)
    retransmissions(namespace)


def trouble(namespace):
    retransmissions(namespace)
    full_listener(namespace)
    lost_datagrams(namespace)
    full_buffers(namespace)


def waits(namespace):
    listener = listen(namespace, 80, buffer=20000)

    def ask():
        client = connect(80)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 20000)
        client.sendall(bytes(300000))
        client.recv(100)
        client.setblocking(False)
        try:
            while True:
                client.send(bytes(10000))
        except BlockingIOError:
            pass
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()    # a reset

    asker = start("asker", 1001, ask)
    server, _ = listener.accept()
    left = 300000
    while left:
        time.sleep(0.005)
        left -= len(server.recv(min(left, 20000)))
    server.sendall(b"answer\n")
    os.waitpid(asker, 0)
    try:
        connect(81)    # refused
    except ConnectionRefusedError:
        pass
    retransmissions(namespace)
    full_listener(namespace)
    lost_datagrams(namespace)


if __name__ == "__main__":
    {"states": states, "trouble": trouble, "owners": owners, "calls": calls, "senders": senders,
     "waits": waits}[sys.argv[1]](sys.argv[2])
    os._exit(0)
