"""What a recording holds, read by docs/recording-format.md alone, and what tshark says of it, in one form: wireshark_test.sh
compares them.

events FILE           the frames that events make: time, event, target, processor, fields
shown PDML            the same of what tshark shows (-T pdml) with the plug-in
packets PDML TYPES    what tshark shows of packets, without numbers of frames; TYPES: `tshark -G fields`
owners FILE           time, interface, direction and owner of each packet
told PDML             the same of what tshark shows with the plug-in
mark FROM TO          a capture becomes a recording: a description stands behind its first section header
turn FROM TO          a recording of this machine becomes one of the other byte order
cut FROM TO PLACE     the file up to the PLACE-th of a hundred places; further pairs TO PLACE may follow
lie FROM TO SEED      one length of a block or in one is another number; the same
count FILE...         for each file how many frames its events and packets make
"""
import ipaddress
import random
import struct
import sys
import xml.etree.ElementTree as tree

MAGIC = 0x50567565
SECTION, INTERFACE, PACKET, CUSTOM = 0x0A0D0D0A, 1, 6, 0xBAD


def blocks(data):
    order, at = "<", 0
    while at + 12 <= len(data):
        (kind,) = struct.unpack_from("<I", data, at)
        if kind == SECTION:
            order = "<" if struct.unpack_from("<I", data, at + 8)[0] == 0x1A2B3C4D else ">"
        kind, size = struct.unpack_from(order + "II", data, at)
        if at + size > len(data):
            return  # cut off
        yield kind, order, data[at + 8 : at + size - 4]
        at += size


def options(data, order):
    at = 0
    while at + 4 <= len(data):
        code, size = struct.unpack_from(order + "HH", data, at)
        if code == 0:
            return
        yield code, data[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4


class Reader:
    def __init__(self, data, order):
        self.data, self.order, self.at = data, order, 0

    def get(self, form):
        values = struct.unpack_from(self.order + form, self.data, self.at)
        self.at += struct.calcsize(self.order + form)
        return values if len(values) > 1 else values[0]

    def take(self, size):
        self.at += size
        return self.data[self.at - size : self.at]

    def pad(self):
        self.at += -self.at % 4


def ours(kind, order, body):
    """The reader of a block of ours, behind its head, and its kind."""
    if kind != CUSTOM or struct.unpack_from(order + "I", body)[0] != 32473 or len(body) < 12:
        return None, 0
    own = "<" if struct.unpack_from("<I", body, 4)[0] == MAGIC else ">"
    reader = Reader(body[4:], own)
    magic, version, what, zero = reader.get("IBBH")
    return (reader, what) if (magic, version, zero) == (MAGIC, 1, 0) else (None, 0)


def value_of(reader, kind, size):
    if kind in (1, 2):
        letter = {1: "b", 2: "h", 4: "i", 8: "q"}[size]
        return str(reader.get(letter.upper() if kind == 1 else letter))
    if kind == 3:
        return reader.take(reader.get("H")).decode()
    if kind == 4:
        family = reader.get("B")
        return str(ipaddress.ip_address(reader.take(4 if family == 4 else 16)))
    return ":".join(f"{byte:02x}" for byte in reader.take(6))


def seconds(ns):
    return f"{ns // 10**9}.{ns % 10**9:09}"


def line_of_event(reader, shapes):
    number, processor, time = reader.get("IIQ")
    name, target, fields = shapes[number]
    line = [seconds(time), name, target, str(processor)]
    for field, kind, size in fields:
        if kind != 0:
            value = value_of(reader, kind, size)
            line.append(field + ("6" if kind == 4 and ":" in value else "") + "=" + value)
    if len(reader.data) - reader.at >= 4:
        for _ in range(reader.get("I")):
            kind, _, _, size, key = reader.get("BBHIQ")
            content = reader.take(size)
            line.append(f"read={kind} {key} {content.hex() if kind not in (2, 3) else content.decode()}")
    return "\t".join(line)


def events(data):
    shapes = {}
    for kind, order, body in blocks(data):
        reader, what = ours(kind, order, body)
        if what == 1:
            number, count, kind_size, target_size, _ = reader.get("IHHHH")
            name, target = reader.take(kind_size).decode(), reader.take(target_size).decode()
            reader.pad()
            fields = []
            for _ in range(count):
                type_, _, size, length, _ = reader.get("BBHHH")
                fields.append((reader.take(length).decode(), type_, size))
                reader.pad()
            shapes[number] = (name, target, fields)
        elif what == 2:
            yield line_of_event(reader, shapes)
        elif what == 4:
            yield "\t".join(["%s" % seconds(reader.get("Q")), "end"] + [str(reader.get("Q")) for _ in range(3)])


def packets_of(path):
    return tree.parse(path).getroot().iter("packet")


def field_of(packet, name, what="show", default=None):
    for field in packet.iter("field"):
        if field.get("name") == name:
            return field.get(what)
    return default


READS = ["memory of the process", "memory of the kernel", "text of the process", "text of the kernel", "descriptor",
         "stack of the kernel", "stack of the process", "packet"]


def read_shown(field):
    inner = {one.get("name"): one.get("show") for one in field.iter("field")}
    kind = READS.index(inner["probevue.read.kind"])
    content = inner.get("probevue.read.text", "") if kind in (2, 3) else field.get("value")
    return f"read={kind} {int(inner['probevue.read.key'], 0)} {content}"


def shown(path):
    for packet in packets_of(path):
        time = field_of(packet, "timestamp", "value")
        for proto in packet.iter("proto"):
            if proto.get("name") != "probevue":
                continue
            line, lost = {"event": "", "target": "", "processor": ""}, []
            for field in proto.findall("field"):
                name = field.get("name").removeprefix("probevue.")
                if name == "read":
                    lost.append(read_shown(field))
                elif name in ("lost_events", "lost_packets", "dropped_packets") or name in line:
                    line[name] = field.get("show")
                elif name == "":
                    continue
                elif name != "time":
                    lost.append(f"{name}={field.get('show')}")
            if line["event"] == "" and "lost_events" not in line:
                continue  # another block, as Wireshark reads it
            if line["event"] == "":
                yield "\t".join([time, "end", line["lost_events"], line["lost_packets"], line["dropped_packets"]])
            else:
                yield "\t".join([time, line["event"], line["target"], line["processor"]] + lost)


def packets(path, types):
    numbers = set()
    with open(types, encoding="utf-8") as listing:
        for row in listing:
            columns = row.split("\t")
            if columns[0] == "F" and columns[3] == "FT_FRAMENUM":
                numbers.add(columns[2])
    # What a FileHandler cannot say of a packet, and what counts frames; `told` has interfaces and directions.
    left_out = {"num", "frame.p2p_dir", "frame.number", "frame.section_number", "frame.interface_id", "frame.packet_flags", "frame.packet_id",
                "frame.time_delta", "frame.time_delta_displayed", "frame.time_relative", "frame.offset_shift", "frame.drop_count",
                ""}

    def lines(element, depth):
        for field in element.findall("field"):
            name = field.get("name")
            if name in numbers or name in left_out:
                continue
            yield "  " * depth + f"{name} {field.get('show')} {field.get('value')} {field.get('showname') if depth > 1 else ''}"
            yield from lines(field, depth + 1)

    for packet in packets_of(path):
        # `_ws.short`: where a packet is cut off, the check sequence that Wireshark looks for behind it is not there.
        protos = [proto for proto in packet.iter("proto") if proto.get("name") not in ("probevue_packet", "fake-field-wrapper", "_ws.short")]
        if field_of(packet, "frame.cb_pen") is not None or any(proto.get("name") == "probevue" for proto in protos):
            continue
        for proto in protos:
            yield f"{proto.get('name')} {proto.get('showname') if proto.get('name') != 'frame' else ''}"
            yield from lines(proto, 1)


def owners(data):
    interfaces, processes = [], {}
    for kind, order, body in blocks(data):
        if kind == SECTION:
            interfaces, processes = [], {}
        elif kind == INTERFACE:
            found = dict(options(body[8:], order))
            interfaces.append((found.get(2, b"").decode(), found.get(9, b"\6")[0]))
        elif kind == CUSTOM and struct.unpack_from(order + "I", body)[0] == 32622:
            _, _, process = struct.unpack_from("<III", body, 4)
            found = dict(options(body[16:], "<"))
            processes[process] = (found[2].rstrip(b"\0").decode(), str(struct.unpack("<I", found[6])[0]))
        elif kind == PACKET:
            interface, high, low, captured = struct.unpack_from(order + "IIII", body)
            name, resolution = interfaces[interface]
            if resolution != 9:
                sys.exit("this reads nanoseconds alone")
            found = dict(options(body[20 + captured + -captured % 4 :], order))
            direction = struct.unpack(order + "I", found[2])[0] & 3 if 2 in found else 0
            process = struct.unpack_from(order + "I", found[8])[0] if 8 in found else 0
            who = [str(process), *processes.get(process, ("", ""))] if process else ["", "", ""]
            yield "\t".join([seconds(high << 32 | low), name, str(direction or "")] + who)


def told(path):
    names = ["packet_interface", "packet_direction", "owner_pid", "owner_name", "owner_uid"]
    for packet in packets_of(path):
        protos = [proto for proto in packet.iter("proto") if proto.get("name") == "probevue_packet"]
        if not any(proto.get("name") == "probevue" for proto in packet.iter("proto")):
            found = {field.get("name"): field.get("show") for proto in protos for field in proto.findall("field")}
            yield "\t".join([field_of(packet, "timestamp", "value")] + [found.get("probevue." + name, "") for name in names])


def mark(data):
    kind, order, body = next(blocks(data))
    size = len(body) + 12
    text = b"session\0"
    block = struct.pack(order + "IIIIBBHIHHHH", CUSTOM, 0, 32473, MAGIC, 1, 1, 0, 7, 0, 7, 0, 0) + text
    block = block[:4] + struct.pack(order + "I", len(block) + 4) + block[8:] + struct.pack(order + "I", len(block) + 4)
    return data[:size] + block + data[size:]


class Turner:
    """Writes again what it reads, the other way round."""

    def __init__(self, data):
        self.data, self.at, self.out = data, 0, b""

    def turn(self, form):
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        self.out += struct.pack(">" + form, *values)
        return values

    def keep(self, size):
        self.out += self.data[self.at : self.at + size]
        self.at += size

    def keep_all(self):
        self.keep(len(self.data) - self.at)

    def options(self, numbers):
        while self.at + 4 <= len(self.data):
            code, size = self.turn("HH")
            end = self.at + size + -size % 4
            if code in numbers:
                self.turn(numbers[code])
            self.keep(end - self.at)


def turn_event(turner, fields):
    turner.turn("IIQ")
    for kind, size in fields:
        if kind in (1, 2):
            turner.turn({1: "B", 2: "H", 4: "I", 8: "Q"}[size])
        elif kind == 3:
            turner.keep(turner.turn("H")[0])
        elif kind == 4:
            turner.keep(4 if turner.turn("B")[0] == 4 else 16)
        elif kind == 5:
            turner.keep(6)
    if len(turner.data) - turner.at >= 4:
        for _ in range(turner.turn("I")[0]):
            turner.keep(turner.turn("BBHIQ")[3])


def turn_custom(turner, shapes):
    if turner.turn("I")[0] != 32473:
        turner.keep_all()
        return
    what = turner.turn("IBBH")[2]
    if what == 1:
        number, count, kind_size, target_size, _ = turner.turn("IHHHH")
        size = kind_size + target_size
        turner.keep(size + -size % 4)
        fields = []
        for _ in range(count):
            kind, _, size, length, _ = turner.turn("BBHHH")
            turner.keep(length + -length % 4)
            fields.append((kind, size))
        shapes[number] = fields
    elif what == 2:
        turn_event(turner, shapes[struct.unpack_from("<I", turner.data, turner.at)[0]])
    elif what == 3:
        turner.turn("IIQq")
    else:
        turner.turn("QQQQ")
    turner.keep_all()


def turn(data):
    out, shapes = b"", {}
    for kind, _, body in blocks(data):
        turner = Turner(body)
        if kind == SECTION:
            turner.turn("IHHq")
            turner.options({})
        elif kind == INTERFACE:
            turner.turn("HHI")
            turner.options({})
        elif kind == PACKET:
            captured = turner.turn("IIIII")[3]
            turner.keep(captured + -captured % 4)
            turner.options({2: "I", 8: "II"})
        elif kind == CUSTOM:
            turn_custom(turner, shapes)
        else:
            continue
        size = len(turner.out) + 12
        out += struct.pack(">II", kind, size) + turner.out + struct.pack(">I", size)
    return out


def lie(data, seed):
    chance = random.Random(seed)
    places = []
    at = 0
    for kind, _, body in blocks(data):
        places += [at + 4, at + 8 + chance.randrange(0, len(body) - 3)]
        at += len(body) + 12
    changed = bytearray(data)
    place = chance.choice(places)
    changed[place : place + 4] = chance.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x10\0\0\0", b"\xff\xff\xff\x7f", b"\4\0\xff\xff"])
    return bytes(changed)


def main(what, path, *rest):
    if what in ("shown", "told", "packets"):
        for line in {"shown": shown, "told": told, "packets": packets}[what](path, *rest):
            print(line)
        return
    if what == "count":
        for name in (path, *rest):
            with open(name, "rb") as file:
                data = file.read()
            print(len(list(events(data))) + len(list(owners(data))))
        return
    with open(path, "rb") as file:
        data = file.read()
    if what in ("events", "owners"):
        for line in {"events": events, "owners": owners}[what](data):
            print(line)
        return
    if what in ("mark", "turn"):
        write(rest[0], {"mark": mark, "turn": turn}[what](data))
        return
    for made, number in zip(rest[::2], map(int, rest[1::2])):
        write(made, data[: len(data) * number // 100] if what == "cut" else lie(data, number))


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


main(*sys.argv[1:])
