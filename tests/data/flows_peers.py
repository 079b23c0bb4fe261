"""The ends of the traffic that capture_flows.sh records, and the hub between them, by subcommand; standard library only."""

import select
import socket
import struct
import sys
import threading
import time

SERVERS = ("192.0.2.3", "2001:db8::3")
FAR = ("198.51.100.3", "2001:db8:2::3")
DISORDER, STALL, RTP = 7001, 7002, 5004
MSS = 1000


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def ports_of(frame):
    """Protocol, destination port and bytes of payload of a frame of TCP or UDP; zeros of any other."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    if kind == 0x0800:
        protocol, at = frame[23], 14 + (frame[14] & 15) * 4
        end = 14 + struct.unpack_from("!H", frame, 16)[0]
    elif kind == 0x86DD:
        protocol, at = frame[20], 54
        end = 54 + struct.unpack_from("!H", frame, 18)[0]
    else:
        return 0, 0, 0
    if protocol not in (6, 17):
        return 0, 0, 0
    header = (frame[at + 12] >> 4) * 4 if protocol == 6 else 8
    return protocol, struct.unpack_from("!H", frame, at + 2)[0], end - at - header


class Hub:
    """Repeats what comes in at one port at all others. Of data to the ports DISORDER and RTP, by their place in the flow, some is
    lost, some sent twice, and some held back until others have passed."""

    LOST, TWICE, HELD = (4, 17), (8, 20), {11: 2, 25: 1}

    def __init__(self, names):
        self.ports = []
        for name in names:
            port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            port.bind((name, 0))
            # SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC
            port.setsockopt(263, 1, struct.pack("iHH8s", socket.if_nametoindex(name), 1, 0, b""))
            self.ports.append(port)
        self.seen = {}
        self.held = []

    def repeat(self, frame, but):
        for port in self.ports:
            if port is not but:
                port.send(frame)

    def handle(self, frame, source):
        protocol, to, data = ports_of(frame)
        if to not in (DISORDER, RTP) or not data:
            return self.repeat(frame, source)
        flow = frame[12:14], to
        place = self.seen[flow] = self.seen.get(flow, 0) + 1
        if place in self.LOST:
            return
        if place in self.HELD:
            self.held.append([self.HELD[place], frame, source])
            return
        self.repeat(frame, source)
        if place in self.TWICE:
            self.repeat(frame, source)
        for entry in self.held:
            entry[0] -= 1
        for entry in [entry for entry in self.held if entry[0] == 0]:
            self.repeat(*entry[1:])
            self.held.remove(entry)

    def run(self):
        print("ready", flush=True)
        while True:
            for port in select.select(self.ports, [], [])[0]:
                frame, source = port.recvfrom(65536)
                if source[2] != socket.PACKET_OUTGOING:
                    self.handle(frame, port)


def hub(*names):
    Hub(names).run()


def listen(port, buffer=0):
    listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    if buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    listener.bind(("::", port))
    listener.listen(16)
    return listener


def accept(listener, act):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=act, args=(connection,)).start()


def read_all(connection):
    with connection:
        try:
            while connection.recv(65536):
                pass
        except OSError:
            pass


def read_late(connection):
    """Twice the buffer fills before anything is read."""
    with connection:
        for _ in range(2):
            time.sleep(0.8)
            got = 0
            while got < 12000 and (data := connection.recv(4000)):
                got += len(data)
        while connection.recv(65536):
            pass


def serve():
    for port, act, buffer in ((22, read_all, 0), (80, read_all, 0), (443, read_all, 0), (DISORDER, read_all, 0),
                              (STALL, read_late, 4096)):
        threading.Thread(target=accept, args=(listen(port, buffer), act)).start()
    receiver = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    receiver.bind(("::", RTP))
    print("ready", flush=True)
    while True:
        receiver.recv(65536)


def knock(server, port, seconds=0.15):
    try:
        socket.create_connection((server, port), timeout=seconds).close()
    except OSError:
        pass


def scan():
    for server, ports in ((SERVERS[0], list(range(20, 26)) + [79, 80, 81, 110, 143, 443, 8080]),
                          (SERVERS[1], list(range(78, 90)))):
        for port in ports:
            knock(server, port)
    knock(SERVERS[0], 80)       # again: no other port
    for last in range(30, 42):  # a port of many hosts, of which none is there
        knock(f"203.0.113.{last}", 22)


def visit():
    """An ordinary client."""
    for server in SERVERS:
        for port in (80, 443):
            knock(server, port)


def stall():
    for server in SERVERS:
        with socket.socket(family_of(server), socket.SOCK_STREAM) as connection:
            connection.connect((server, STALL))
            connection.sendall(b"s" * 30000)
            connection.shutdown(socket.SHUT_WR)
            read_all(connection)


def disorder():
    for server in SERVERS:
        with socket.socket(family_of(server), socket.SOCK_STREAM) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, MSS)
            connection.connect((server, DISORDER))
            connection.sendall(b"d" * 40000)
        time.sleep(1)


def rtp():
    """A voice of G.711 over each version of IP, 20 ms a packet; sequence numbers pass 65535."""
    for server, source in zip(SERVERS, (0x11223344, 0x55667788)):
        with socket.socket(family_of(server), socket.SOCK_DGRAM) as endpoint:
            endpoint.bind(("::" if ":" in server else "0.0.0.0", 5006))
            endpoint.connect((server, RTP))
            for i in range(40):
                head = struct.pack("!BBHII", 0x80, 0x80 if i == 0 else 0, (65520 + i) & 0xFFFF, 160 * i, source)
                endpoint.send(head + b"\xd5" * 160)
                time.sleep(0.02)


def large():
    """More than the path takes, over TCP and UDP."""
    for server in FAR:
        with socket.create_connection((server, 80)) as connection:
            connection.sendall(b"l" * 6000)
        with socket.socket(family_of(server), socket.SOCK_DGRAM) as endpoint:
            if family_of(server) == socket.AF_INET:
                endpoint.setsockopt(socket.IPPROTO_IP, 10, 3)       # IP_MTU_DISCOVER, PROBE: whatever is known
            else:
                endpoint.setsockopt(socket.IPPROTO_IPV6, 23, 3)
            endpoint.connect((server, 9))
            for _ in range(2):
                try:
                    endpoint.send(b"u" * 1440)
                except OSError:
                    pass
                time.sleep(0.3)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
