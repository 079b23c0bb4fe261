#!/usr/bin/env bash
# Captures cut into files by connection (--split N), against tshark, capinfos and mergecap as readers, and against a replay of the
# whole: packets, times, interfaces, numbers, and in which file each is.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
for tool in python3 tshark capinfos mergecap; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt install python3 tshark"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PROBEVUE WORK=$work HOME=$work LC_ALL=C TZ=UTC NO_COLOR=1 PYTHONPATH=tests/diff PYTHONDONTWRITEBYTECODE=1

timeout 250 python3 - <<'PYTHON'
import glob, os, resource, shutil, signal, struct, subprocess, time
from shards import shard
from tally import conclude, equal, result

probevue, work = os.environ["PROBEVUE"], os.environ["WORK"]
data = "tests/data/"
web = data + "web.pcap"
recordings = ("arrivals", "calls", "functions", "heads", "ip", "netdev", "owners", "packet_owners", "path", "segments", "senders", "states", "trouble", "waits")


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, **more)
    return done.returncode, done.stdout, done.stderr


def split(count, folder, *files, **more):
    """Status and standard error."""
    status, out, err = run(probevue, "--split", str(count), "-w", f"{work}/{folder}", *[word for name in files for word in ("-r", name)], **more)
    equal(out, "", f"{folder}: nothing on standard output")
    return status, err.rstrip("\n").replace("\nhint: ", " | ").removeprefix("probevue: error: ").replace(work + "/", "")


def parts(folder):
    return sorted(glob.glob(f"{work}/{folder}/*"))


every = """@@net:bpf:::"" { printf("%H %d %H %d %d %lld %d %d %s %d\\n", __pkt->src_addr, __pkt->src_port, __pkt->dst_addr, __pkt->dst_port,
    __pkt->number, timestamp(), __pkt->len, __pkt->caplen, __pkt->ifname, __pkt->direction); }"""


def packets(name, text=every):
    status, out, err = run(probevue, "-n", "-q", "info=none", "-r", name, "-e", text)
    result(status == 0, f"{name}: {err}")
    return out.splitlines()


def shard_of(line, count):
    words = line.split()
    return shard((words[0], int(words[1])), (words[2], int(words[3])), count)


# --- each capture: all its packets, with their numbers, each in the file of its connection ----------------------------

whole_of_wireshark, parts_for_wireshark = [], []
for capture in sorted(glob.glob(data + "*.pcap*") + glob.glob(data + "made/*.pcap*")):
    name = os.path.basename(capture)
    whole = packets(capture)
    status, said = split(3, name, capture)
    if name.split(".")[0] in recordings:
        equal((status, said), (2, f"{capture} is a recording, and --split takes packets alone | replay it with --shard K/N, or take its packets: `tcpdump -r FILE -w PACKETS.pcap`"), name)
        continue
    if name == "link-null-big.pcap":
        equal((status, said), (2, f"{capture}: packets of link type NULL are in the byte order of another machine | split it on a machine of that byte order, or replay it with --shard K/N"), name)
        continue
    equal((status, said), (0, f"probevue: {len(whole)} packets in 3 files"), name)
    together = []
    for number, part in enumerate(parts(name), 1):
        lines = packets(part)
        equal([line for line in lines if shard_of(line, 3) != number], [], f"{part}: packets of other connections")
        together += lines
    equal(sorted(together), sorted(whole), f"{name}: its packets")
    # tshark 4.0 knows nothing of DSA, shows times of simple blocks as none, and mixes up interfaces of sections.
    if not name.startswith(("link-dsa", "blocks", "sections", "clocks")):
        whole_of_wireshark.append(capture)
        parts_for_wireshark += parts(name)
result(len(whole_of_wireshark) > 50, "captures are compared")


def fields(*names):
    of_fields = [word for field in ("time_epoch", "len", "cap_len", "encap_type", "md5_hash", "packet_flags_direction", "protocols") for word in ("-e", "frame." + field)]
    return sorted(line for name in names for line in run("tshark", "-n", "-r", name, "-o", "frame.generate_md5_hash:TRUE", "-T", "fields", *of_fields)[1].splitlines())


run("mergecap", "-w", f"{work}/whole", *whole_of_wireshark)
run("mergecap", "-w", f"{work}/together", *parts_for_wireshark)
wanted = fields(f"{work}/whole")
result(len(wanted) > 2000, "tshark reads all captures")
equal(fields(f"{work}/together"), wanted, "tshark: the same packets in the parts of all captures")
equal(fields(*parts("clocks.pcapng")), fields(data + "made/clocks.pcapng"), "tshark: times of all resolutions")

# --- what the files say of themselves --------------------------------------------------------------------------------

split(64, "deep/er", web)
names = [os.path.basename(part) for part in parts("deep/er")]
equal(names, [f"shard-{number:04}-of-0064.pcapng" for number in range(1, 65)], "names, in a folder that was made")
for number in (1, 2, 64):
    said = run("capinfos", "-k", "-c", parts("deep/er")[number - 1])[1]
    result(f"shard {number} of 64 by five-tuple" in said, f"capinfos: the comment of part {number}: {said}")
numbers = [int(line) for part in parts("web.pcap") for line in run("tshark", "-n", "-r", part, "-T", "fields", "-e", "frame.packet_id")[1].splitlines()]
equal(sorted(numbers), list(range(1, len(packets(web)) + 1)), "tshark: numbers in the stream")

# Only files of --split have numbers of another stream.
second = parts("web.pcap")[1]
with open(second, "rb") as file:
    unmarked = file.read().replace(b"by five-tuple", b"by nobody ---")
with open(f"{work}/unmarked.pcapng", "wb") as file:
    file.write(unmarked)
number_alone = '@@net:bpf:::"" { printf("%d\\n", __pkt->number); }'
equal(packets(f"{work}/unmarked.pcapng", number_alone), [str(number) for number in range(1, len(packets(second)) + 1)], "numbers of others are not taken")

# --- several captures are one stream ---------------------------------------------------------------------------------

split(2, "two", web, data + "dns.pcap")
merged = sorted((int(line.split()[4]), int(line.split()[5])) for part in parts("two") for line in packets(part))
equal([number for number, _ in merged], list(range(1, len(packets(web)) + len(packets(data + "dns.pcap")) + 1)), "two captures: numbers go on")
equal([at for _, at in merged], sorted(at for _, at in merged), "two captures: in the order of time")
subprocess.run([probevue, "-r", web, "-w", f"{work}/all.pcapng", "-e", '@@net:bpf:::"" {}'], capture_output=True, timeout=60)
equal(split(4, "many", web, web)[0], 0, "a capture twice")
interfaces = run("capinfos", "-I", parts("many")[0])[1]
result("Number of interfaces in file: 1" in interfaces, f"interfaces of the same description are one: {interfaces}")

# --- errors ----------------------------------------------------------------------------------------------------------

status, said = split(3, "web.pcap", web)
equal(status, 2, "files are not written over")
result(said.startswith("`web.pcap/shard-000") and said.endswith("-of-0003.pcapng` is there already | remove the files of the split before, or give -w another folder"), said)
open(f"{work}/file", "w").close()
equal(split(3, "file/folder", web), (2, "cannot write `file/folder`: Not a directory | give -w a folder that you may write to"), "a folder that cannot be made")
equal(split(3, "none", data + "nothing.pcap")[0], 1, "a capture that is not there")
result(not os.path.exists(f"{work}/none"), "nothing is made then")
status, out, err = run(probevue, "--split", "3", "-w", f"{work}/skipped", "--skip-bad", "-r", data + "nothing.pcap", "-r", web)
result(status == 1 and "the file is left out" in err and f"{len(packets(web))} packets in 3 files" in err, f"--skip-bad: {err}")
with open(web, "rb") as file, open(f"{work}/cut.pcap", "wb") as cut:
    cut.write(file.read()[:-5])
status, said = split(3, "cut", f"{work}/cut.pcap")
result(status == 1 and "cut off in the middle of a packet" in said and f"probevue: {len(packets(web)) - 1} packets in 3 files" in said, f"a capture that is cut off: {said}")


def limited(what, soft, hard):
    return lambda: resource.setrlimit(what, (soft, hard))


status, said = split(4, "large", web, preexec_fn=limited(resource.RLIMIT_FSIZE, 4096, 4096))
equal((status, said), (1, "cannot write the recording `large/shard-0001-of-0004.pcapng`: File too large | the file reached the size limit (ulimit -f); what was written before can be replayed"), "no room")
result(all(run("capinfos", "-c", part)[0] == 0 for part in parts("large")), "what was written is well-formed")
equal(split(100, "limit", web, preexec_fn=limited(resource.RLIMIT_NOFILE, 64, 80)),
      (2, "100 files cannot be open at once: the limit of this process is 80 (ulimit -Hn) | --split 48 at most, or raise the limit"), "too many files")
equal(split(100, "raised", web, preexec_fn=limited(resource.RLIMIT_NOFILE, 64, 200)), (0, f"probevue: {len(packets(web))} packets in 100 files"), "the limit is raised")

form = " | probevue --split N -w DIR -r FILE"
for words, message in (
    (["--split", "0"], "--split wants a number of files from 1 to 65536, not `0` | probevue --split 64 -w DIR -r FILE"),
    (["--split", "65537"], "--split wants a number of files from 1 to 65536, not `65537` | probevue --split 64 -w DIR -r FILE"),
    (["--split", "x"], "--split wants a number of files from 1 to 65536, not `x` | probevue --split 64 -w DIR -r FILE"),
    (["--split", "3", "-w", "d"], "--split is about captures, and there is none" + form),
    (["--split", "3", "-r", web], "--split wants a folder for its files" + form),
    (["--split", "3", "-r", web, "-w", "-"], "--split wants a folder for its files" + form),
    (["--split", "3", "-r", web, "-w", "d", "-e", "@@END{}"], "--split cuts captures into files, and runs no script | leave out the script; run it on the files, or on a part of the capture by --shard K/N"),
    (["--split", "3", "-w", "d", "-r", web, "x.pcap"], "--split cuts captures into files, and runs no script | each capture has a -r of its own: -r x.pcap"),
    (["--split", "3", "-w", "d", "-r", web, "--shard", "1/2"], "--split runs nothing, and takes no flags of a run | -r, -w, --skip-bad, -q and --color are for it"),
):
    status, _, err = run(probevue, *words)
    equal((status, err.rstrip("\n").replace("\nhint: ", " | ").removeprefix("probevue: error: ")), (2, message), " ".join(words))

# --- no part knows the end of a capture whose times go back ------------------------------------------------------------

def datagrams(path, order, link, packets):
    """A capture of pcap: times in seconds, and the bytes of packets."""
    with open(path, "wb") as to:
        to.write(struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
        for seconds, packet in packets:
            to.write(struct.pack(order + "IIII", int(seconds), round(seconds % 1 * 1e6), len(packet), len(packet)) + packet)


def ip4(host, port):
    return struct.pack("!BBHHHBBH4s4sHHHH", 0x45, 0, 28, 0, 0, 64, 17, 0, bytes((10, 0, 0, host)), bytes((10, 0, 1, 1)), port, 80, 8, 0)


late = f"{work}/late.pcap"
datagrams(late, "<", 228, [(1000.5, ip4(1, 1000)), (1002, ip4(9, 2000))] + [(1001, ip4(2, 3000 + i)) for i in range(12)] + [(1003, ip4(2, 3000 + i)) for i in range(12)])
counting = '@@net:bpf::udp:"" { n++; } @@END { printf("%d\\n", n); }'
equal(run(probevue, "--for", "1s", "-r", late, "-e", counting)[:2], (0, "1\n"), "--for: of the whole")
split(2, "late", late)
said = [run(probevue, "--for", "1s", "--state-out", f"{part}.pvs", "-r", part, "-e", counting) for part in parts("late")]
result(any(status == 1 and "the capture was not in the order of time" in err for status, _, err in said), f"--for: a part that does not know its end is refused: {said}")

# --- interrupted: what was written is whole ---------------------------------------------------------------------------

pipe = f"{work}/pipe"
os.mkfifo(pipe)
child = subprocess.Popen([probevue, "--split", "2", "-w", f"{work}/stopped", "-r", pipe], stderr=subprocess.PIPE, text=True)
with open(web, "rb") as file, open(pipe, "wb") as to:
    to.write(file.read())
    to.flush()
    while len(parts("stopped")) < 2 and child.poll() is None:
        time.sleep(0.01)  # until its files are there
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
status, written = child.returncode, sum(len(packets(part)) for part in parts("stopped"))
equal((status, err), (1, f"probevue: error: stopped after {written} packets: the files have these, and no others\nhint: remove them, and split again\n"), "Ctrl-C")
result(all(run("capinfos", "-c", part)[0] == 0 for part in parts("stopped")), "Ctrl-C: the files are well-formed")

conclude()
PYTHON
