#!/usr/bin/env bash
# Parts of a replay (--shard K/N): together they are one process, and each connection is in one, which the description of the
# hash (docs/command.md, shards.py) tells beforehand.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
command -v python3 >/dev/null || { echo "python3 is missing: apt install python3"; exit 77; }
export PROBEVUE LC_ALL=C TZ=UTC NO_COLOR=1 PYTHONPATH=tests/diff PYTHONDONTWRITEBYTECODE=1

exec timeout 250 python3 - <<'PYTHON'
import glob, json, math, os, subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from shards import shard
from tally import conclude, equal, result

probevue = os.environ["PROBEVUE"]
captures = sorted(glob.glob("tests/data/*.pcap*") + glob.glob("tests/data/made/*.pcap*"))
recordings = [f"tests/data/{name}.pcapng" for name in ("states", "calls", "waits", "senders", "heads", "ip", "owners", "trouble", "mixed")]
own = ("elapsed", "cpu", "memory", "other_shards")  # figures of a process


def run(files, text, *flags):
    """Lines that were printed, and the figures."""
    arguments = [word for name in files for word in ("-r", name)]
    done = subprocess.run([probevue, "-n", "--format", "json", "--stats", *arguments, *flags, "-e", text], capture_output=True, text=True, timeout=60)
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    figures = next(one["figures"] for one in objects if one["type"] == "stats")
    lines = [one["text"].rstrip("\n") for one in objects if one["type"] == "printf"]
    return lines, Counter({one["name"]: one["value"] for one in figures if one["name"] not in own}), done


def parts(files, text, count, *flags):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda number: run(files, text, "--shard", f"{number}/{count}", *flags), range(1, count + 1)))


# What the ends of a packet or socket are, first on each line.
of_packets = '@@net:bpf:::"" { printf("%H %d %H %d %d %d\\n", __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port, __pkt->number, __pkt->len); }'
of_filters = """
@@net:bpf::tcp:"port 80" { printf("%H %d %H %d http %x\\n", __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port, __tcphdr->flags); }
@@net:bpf::ipv4:"" when (__ip4hdr->ttl > 1) { printf("%H %d %H %d ip4 %d\\n", __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port, __ip4hdr->ttl); }
@@net:bpf:::"" { n++; }"""
of_events = "\n".join(f'@@net:{name} {{ printf("%H %d %H %d {name}\\n", __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr, __proto_info->remote_port); }}'
                      for name in ("tcp:state_change", "tcp:retransmit", "tcp:sendmsg:exit", "tcp:recvmsg:exit", "tcp:reset_sent", "tcp:send_buf_full")) + "\n" + of_packets


def ends(line):
    words = line.split()
    return tuple(sorted([(words[0], int(words[1])), (words[2], int(words[3]))]))


def compare(files, text, count, what):
    whole, figures, done = run(files, text)
    pieces = parts(files, text, count)
    together = [line for lines, _, _ in pieces for line in lines]
    equal(sorted(together), sorted(whole), f"{what}, {count} parts: lines together")
    sums = sum((figures for _, figures, _ in pieces), Counter())
    equal(sums, +figures, f"{what}, {count} parts: figures together")
    for number, (lines, _, _) in enumerate(pieces, 1):
        wrong = [line for line in lines if shard(*ends(line), count) != number]
        equal(wrong, [], f"{what}: in part {number} of {count} that are of another")
    return whole


# --- packets: each capture by itself, and all of them as one stream --------------------------------------------------

flows = set()
for capture in captures:
    for count in (2, 3):
        flows.update(map(ends, compare([capture], of_packets if count != 3 else of_filters, count, capture)))
result(len(compare(captures, of_packets, 64, "all captures")) > 1000, "all captures have packets")
compare(captures, of_packets, 1, "all captures")
compare(captures, of_filters, 64, "all captures, with filters")

# How even they are: chi-squared of the flows of all captures, by its own standard deviation.
for count in (2, 8, 64):
    sizes = Counter(shard(*flow, count) for flow in flows)
    expected = len(flows) / count
    chi = sum((sizes[number] - expected) ** 2 / expected for number in range(1, count + 1))
    result(abs(chi - (count - 1)) < 5 * math.sqrt(2 * (count - 1)), f"{len(flows)} flows in {count} parts are uneven: {chi}")

# --- events of recordings --------------------------------------------------------------------------------------------

for recording in recordings:
    for count in (2, 3):
        compare([recording], of_events, count, recording)
lines = compare(["tests/data/states.pcapng"], of_events, 64, "states")
events = {ends(line) for line in lines if "state_change" in line}
packets = {ends(line) for line in lines if "state_change" not in line}
result(len(events & packets) > 5, "events and packets of the same connections are compared")

# Events of packets that no socket is told of: by the packet.
about = '@@net:netdev:receive { printf("%H %d %H %d\\n", __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port); }'
result(len(compare(["tests/data/heads.pcapng"], about, 3, "events about packets")) > 10, "there are events about packets")

# --- clock, numbers, what belongs to no packet -----------------------------------------------------------------------

ticks = '@@net:bpf:::"" { n++; } @@interval:*:clock:500 { ticks++; } @@BEGIN { begun++; } @@END { printf("%d %d\\n", begun, ticks); }'
for capture in ("tests/data/web.pcap", "tests/data/disorder.pcap", "tests/data/states.pcapng"):
    whole, figures, _ = run([capture], ticks)
    pieces = parts([capture], ticks, 3)
    equal([lines for lines, _, _ in pieces], [whole] * 3, f"{capture}: intervals are those of one process")
    equal(sum((figures for _, figures, _ in pieces), Counter()), +figures, f"{capture}: figures with intervals together")
whole, _, _ = run(["tests/data/web.pcap"], of_packets)
numbers = [int(line.split()[4]) for lines, _, _ in parts(["tests/data/web.pcap"], of_packets, 4) for line in lines]
equal(sorted(numbers), list(range(1, len(whole) + 1)), "packets keep their numbers")
_, figures, done = run(["tests/data/web.pcap"], of_packets, "--shard", "2/4")
other = next(one["value"] for line in done.stdout.splitlines() if '"stats"' in line for one in json.loads(line)["figures"] if one["name"] == "other_shards")
equal(figures["packets"] + other, len(whole), "what other parts count")

# --- recording a part ------------------------------------------------------------------------------------------------

all_packets = run(["tests/data/web.pcap"], of_packets)[0]
name = f"/tmp/probevue-shard-{os.getpid()}.pcapng"
run(["tests/data/web.pcap"], of_packets, "--shard", "2/3", "-w", name)
kept = [line.split()[:4] for line in run([name], of_packets)[0]]
os.remove(name)
equal(kept, [line.split()[:4] for line in all_packets if shard(*ends(line), 3) == 2], "-w records the packets of the part")

# --- errors ----------------------------------------------------------------------------------------------------------

replay = ["-r", "tests/data/web.pcap"]
script = ["-e", "@@BEGIN { exit(); }"]
for flags, message in (
    ([*replay, "--shard", "0/4"], "--shard 0/4: there is no such part | parts are 1/4 to 4/4"),
    ([*replay, "--shard", "5/4"], "--shard 5/4: there is no such part | parts are 1/4 to 4/4"),
    ([*replay, "--shard", "0/0"], "--shard 0/0: there is no such part | there is at least one part, 1/1"),
    ([*replay, "--shard", "1/65537"], "--shard knows at most 65536 parts, not 65537 | take fewer parts: as many as there are processors to run them"),
    *(([*replay, "--shard", word], f"--shard wants a part and their number such as 3/64, not `{word}` | four parts are 1/4, 2/4, 3/4 and 4/4") for word in ("a/b", "3", "3/", "/4", "1/4x", "-1/4", "1/99999999999", "")),
    (["--shard", "1/4"], "--shard is a part of captures, and there is none | give -r FILE; live, a host is a whole stream"),
    ([*replay, "--shard", "1/4", "-c", "5"], "-c N counts the events of a whole stream, and --shard runs a part of it | leave out -c N; --for ends all parts at the same time"),
    ([*replay, "--shard", "1/4", "-i"], "--shard is for the run of a script, and -i is the interactive session | leave out one of them"),
):
    done = subprocess.run([probevue, *flags, *script], capture_output=True, text=True, timeout=60)
    equal((done.returncode, done.stderr.removeprefix("probevue: error: ").replace("\nhint: ", " | ").rstrip("\n")), (2, message), " ".join(flags))

conclude()
PYTHON
