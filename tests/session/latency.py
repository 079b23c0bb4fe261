"""How long from Enter until a new clause is live: datagrams to ports 20001, 20002, ... go out all the time, and the clause prints the
first port that it sees. The datagram to that port was sent at a known time.

usage: latency.py PROBEVUE TIMES    prints milliseconds, one line a time, on a terminal of its own
"""
import os
import pty
import re
import select
import socket
import sys
import termios
import threading
import time

program, times = sys.argv[1], int(sys.argv[2])
sent = {}
stop = threading.Event()


def send():
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    port = 20000
    while not stop.is_set() and port < 60000:
        port += 1
        sent[port] = time.monotonic()
        try:
            out.sendto(b"x", ("127.0.0.1", port))
        except OSError:
            pass  # nobody listens there
        time.sleep(0.0005)


pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execv(program, [program])
shown = b""


def read_until(pattern, since=0):
    global shown
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = re.search(pattern, shown[since:])
        if found:
            return found
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            shown += os.read(terminal, 65536)
        except OSError:
            break
    print(f"latency.py: nothing like {pattern!r} in {shown[since:][-2000:]!r}", flush=True)
    os._exit(1)


termios.tcsetwinsize(terminal, (40, 200))
read_until(rb"vue> ")
sender = threading.Thread(target=send)
sender.start()
for number in range(times):
    clause = (
        f'int seen{number}; @@net:bpf:lo:udp:"udp dst portrange 20000-60000" when (seen{number} == 0) '
        f'{{ seen{number} = __udphdr->dst_port; printf("first{number} is %d.\\n", seen{number}); }}'
    )
    os.write(terminal, clause.encode())
    read_until(re.escape(f"seen{number}); }}".encode()))
    since = len(shown)
    entered = time.monotonic()
    os.write(terminal, b"\r")
    port = int(read_until(f"first{number} is ([0-9]+)[.]".encode(), since).group(1))
    print(f"{(sent[port] - entered) * 1000:.1f}", flush=True)
    # The next time begins with one clause again.
    since = len(shown)
    os.write(terminal, f".del {2 * number + 2}\r7000{number}+0\r".encode())
    read_until(f"\n7000{number}\r".encode(), since)
stop.set()
sender.join()
os.write(terminal, b"\x04")
os.waitpid(pid, 0)
