"""The two ends of the traffic that capture_names.sh records, by subcommand; standard library only."""

import http.client
import http.server
import socket
import ssl
import struct
import sys
import threading
import time

SERVERS = ("192.0.2.3", "2001:db8::3")
NAMES = ("www.example.com", "mail.example.com", "WwW.eXample.ORG", "_service._tcp.example.net", "slow.example.com",
         "never.example.com", ".", "a-label-of-sixty-three-octets-which-is-the-longest-there-can-be.example")


def encoded(name):
    labels = [label.encode() for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def question(identifier, name, of_type=1):
    return struct.pack("!HHHHHH", identifier, 0x0100, 1, 0, 0, 1) + encoded(name) + struct.pack("!HH", of_type, 1) + \
        b"\0\0\x29\x04\xd0\0\0\0\0\0\0"     # EDNS, as resolvers have it


def answer(message):
    end = 12
    while message[end]:
        end += 1 + message[end]
    asked = message[12:end + 5]
    return message[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + asked + \
        b"\xc0\x0c" + struct.pack("!HHIH4B", 1, 1, 300, 4, 203, 0, 113, 1)


def wait_for(message):
    """Names say when they are answered."""
    if b"slow" in message:
        time.sleep(0.2)
    return b"never" not in message


def serve_udp():
    endpoint = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    endpoint.bind(("::", 53))

    def reply(message, peer):
        if wait_for(message):
            endpoint.sendto(answer(message), peer)

    while True:
        threading.Thread(target=reply, args=endpoint.recvfrom(4096)).start()


def serve_tcp():
    listener = socket.create_server(("::", 53), family=socket.AF_INET6, dualstack_ipv6=True)
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as stream:
            while head := stream.read(2):
                reply = answer(stream.read(struct.unpack("!H", head)[0]))
                connection.sendall(struct.pack("!H", len(reply)) + reply)


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"x" * 100
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class DualStack(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


def serve_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("::", 443), family=socket.AF_INET6, dualstack_ipv6=True)
    while True:
        connection, _ = listener.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as channel:
                channel.recv(100)
        except OSError:
            pass


def serve(certificate):
    tasks = [serve_udp, serve_tcp, lambda: serve_tls(certificate)]
    tasks += [DualStack(("::", port), Pages).serve_forever for port in (80, 8080)]
    for task in tasks:
        threading.Thread(target=task).start()


def ask(server):
    identifier = 0x2000
    with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        endpoint.settimeout(0.4)
        for name in NAMES:
            for of_type in (1, 28):
                identifier += 1
                endpoint.sendto(question(identifier, name, of_type), (server, 53))
                try:
                    endpoint.recv(4096)
                except socket.timeout:
                    pass
    with socket.create_connection((server, 53)) as connection, connection.makefile("rb") as stream:
        for names in (NAMES[:1], NAMES[1:4], NAMES[6:]):    # several at once, as resolvers do
            messages = [question(identifier + i, name) for i, name in enumerate(names)]
            connection.sendall(b"".join(struct.pack("!H", len(message)) + message for message in messages))
            for _ in messages:
                stream.read(struct.unpack("!H", stream.read(2))[0])
        message = question(0x3000, "split.example.com")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in (struct.pack("!H", len(message)), message):     # the length in a segment of its own
            connection.sendall(part)
            time.sleep(0.1)
        stream.read(struct.unpack("!H", stream.read(2))[0])


def greet(server, name, most=ssl.TLSVersion.TLSv1_3, protocols=()):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = most
    if protocols:
        context.set_alpn_protocols(list(protocols))
    try:
        with socket.create_connection((server, 443)) as connection, \
                context.wrap_socket(connection, server_hostname=name) as channel:
            channel.sendall(b"hello")
    except OSError:
        pass


def fetch(server, host, port, method, path):
    connection = http.client.HTTPConnection(server, port)
    connection.request(method, path, headers={"Host": host, "X-Trace": "1"})
    connection.getresponse().read()
    connection.close()


def client():
    for server in SERVERS:
        ask(server)
        greet(server, "www.example.com", protocols=("h2", "http/1.1"))
        greet(server, "old.example.com", most=ssl.TLSVersion.TLSv1_2)
        greet(server, None)
        greet(server, "xn--bcher-kva.example")
        # A hello of more than one segment, the name in the first.
        greet(server, "long.example.com", protocols=[f"protocol-{i:0200d}" for i in range(12)])
        fetch(server, "www.example.com", 80, "GET", "/index.html?a=b")
        fetch(server, "shop.example.com:8080", 8080, "POST", "/cart")
        fetch(server, "www.example.com", 80, "GET", "/missing")


if __name__ == "__main__":
    serve(sys.argv[2]) if sys.argv[1] == "serve" else client()
