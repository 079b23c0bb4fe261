"""The two ends of the traffic that capture_real.sh records, by subcommand; standard library only."""

import socket
import struct
import sys
import threading
import time

SERVER4, SERVER6 = "192.0.2.3", "2001:db8::3"
GROUPS = ("239.1.2.3", "239.1.2.4")
NAMES = ("www.example.com", "mail.example.com", "www.example.org", "ftp.example.net", "no-such-name.example.com")


def serve_http(port):
    """One answer a connection: `GET /N` gives N bytes."""
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=16)
    while True:
        connection, _ = listener.accept()
        with connection:
            request = connection.recv(4096).decode()
            size = int(request.split()[1].lstrip("/") or 0) if request else 0
            head = f"HTTP/1.0 200 OK\r\nContent-Length: {size}\r\n\r\n"
            connection.sendall(head.encode() + b"x" * size)


def serve_telnet():
    """Echoes what is typed, and answers each line."""
    listener = socket.create_server((SERVER4, 23))
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"\xff\xfb\x01\xff\xfb\x03login: ")
            try:
                while typed := connection.recv(256):
                    connection.sendall(typed)
                    if typed.endswith(b"\n"):
                        connection.sendall(b"you said so\r\n$ ")
            except ConnectionResetError:
                pass    # the client hung up before it read everything


def serve_dns():
    """Answers each A question with one address, names that begin with `no-` with an error."""
    endpoint = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    endpoint.bind(("::", 53))
    while True:
        question, peer = endpoint.recvfrom(512)
        missing = question[13:16] == b"no-"
        head = question[:2] + struct.pack("!HHHHH", 0x8183 if missing else 0x8180, 1, 0 if missing else 1, 0, 0)
        answer = b"" if missing else b"\xc0\x0c" + struct.pack("!HHIH4B", 1, 1, 300, 4, 198, 51, 100, question[-6])
        endpoint.sendto(head + question[12:] + answer, peer)


def serve():
    tasks = [lambda: serve_http(80), lambda: serve_http(8080), serve_telnet, serve_dns]
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()


def get(host, port, size):
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.sendall(f"GET /{size} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        while connection.recv(65536):
            pass


def unanswered(host, port, seconds):
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except OSError:
        pass


def web():
    for port, size in ((80, 100), (80, 1000), (8080, 20), (80, 20000), (8080, 3000), (80, 0)):
        get(SERVER4, port, size)
        time.sleep(0.2)
    get(SERVER6, 80, 500)
    get(SERVER6, 8080, 5000)
    unanswered(SERVER4, 82, 1)    # refused
    unanswered(SERVER6, 82, 1)
    unanswered(SERVER4, 81, 4)    # dropped: SYN, SYN, SYN
    get(SERVER4, 80, 42)


def ask(name, number, host=SERVER4, port=53):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as endpoint:
        endpoint.settimeout(1)
        endpoint.connect((host, port))
        endpoint.send(question)
        try:
            endpoint.recv(512)
        except OSError:
            pass


def dns():
    for number in range(15):
        ask(NAMES[number % len(NAMES)], 0x1000 + number)
        time.sleep(0.1)
    ask("six.example.com", 0x2000, host=SERVER6)
    ask("closed.example.com", 0x3000, port=5353)    # port unreachable
    ask("closed.example.com", 0x3001, host=SERVER6, port=5353)


def telnet():
    with socket.create_connection((SERVER4, 23)) as connection:
        connection.recv(256)
        for character in "root\r\nls -l\r\n":
            connection.sendall(character.encode())
            time.sleep(0.05)
            connection.recv(256)
        connection.sendall(b"interrupt")
        connection.send(b"!", socket.MSG_OOB)       # the urgent pointer
        time.sleep(0.2)


def groups():
    local = socket.inet_aton("192.0.2.2")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        for group in GROUPS:
            member = socket.inet_aton(group) + local
            endpoint.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
            time.sleep(1)
        endpoint.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, local)
        endpoint.sendto(b"to the group", (GROUPS[0], 5000))
        for group in GROUPS:
            endpoint.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, socket.inet_aton(group) + local)
            time.sleep(1)


def mixed():
    ask(NAMES[0], 0x4000)
    get(SERVER4, 80, 777)
    ask(NAMES[1], 0x4001, host=SERVER6)
    get(SERVER6, 80, 333)
    unanswered(SERVER4, 82, 1)
    ask("closed.example.com", 0x4002, port=5353)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        endpoint.sendto(b"f" * 4000, (SERVER4, 9))  # in fragments, and refused
    time.sleep(0.5)


def pcapng(source, target, name):
    """Rewrites a little-endian pcap file as pcapng with a named interface, which tcpdump cannot write."""

    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        length = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + length + body + length

    with open(source, "rb") as file:
        data = file.read()
    snap, link = struct.unpack_from("<II", data, 16)
    label = name.encode()
    option = struct.pack("<HH", 2, len(label)) + label + b"\0" * (-len(label) % 4) + bytes(4)
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", link, 0, snap) + option)
    at = 24
    while at < len(data):
        seconds, micro, captured, length = struct.unpack_from("<IIII", data, at)
        stamp = seconds * 1000000 + micro
        head = struct.pack("<IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, captured, length)
        out += block(6, head + data[at + 16:at + 16 + captured])
        at += 16 + captured
    with open(target, "wb") as file:
        file.write(out)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
