#!/usr/bin/env bash
# What Python's csv module reads of --format csv is what --format json says: the bundled scripts on their captures, and scripts
# that print all that there is to print.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}

cat >"$work/compare.py" <<'PYTHON'
import csv, json, sys

def cells(value, bars):
    if isinstance(value, dict):
        return [cells(value[name], bars)[0] for name in value if name != "bins"]
    if isinstance(value, list):
        return [";".join(value)]
    return [value]

def rows_of(value, bars):
    if isinstance(value, dict) and "slots" in value:
        return [[slot["label"], slot["count"]] for slot in value["slots"]]
    if isinstance(value, dict) and "bins" in value and bars:
        return [[bin["from"], bin["to"], bin["count"]] for bin in value["bins"]]
    return [cells(value, bars)]

def expected(line):
    kind = line["type"]
    if kind in ("printf", "trace"):
        values = [cell for value in line["values"] for cell in cells(value, False)]
        text = line["text"]
        yield kind, values or [text[:-1] if text.endswith("\n") else text]
    elif kind in ("print", "rate", "quantize", "lquantize"):
        for element in line["elements"]:
            keys = [cell for key in element["key"] for cell in cells(key, False)]
            for row in rows_of(element["value"], kind.endswith("quantize")):
                yield line["name"], keys + row
    elif kind == "print_table":
        for row in line["rows"]:
            yield kind, [cell for value in row["key"] + row["values"] for cell in cells(value, False)]
    elif kind == "text":
        yield kind, [line["text"][:-1] if line["text"].endswith("\n") else line["text"]]

data = open(sys.argv[2], "rb").read()
wanted = []
for line in open(sys.argv[1], encoding="utf-8"):
    line = json.loads(line, parse_int=str, parse_float=str)
    wanted += [(table, line["time"], row) for table, row in expected(line)]
text = data.decode("utf-8")
got, header, tables = [], None, {}
import io
for record in csv.reader(io.StringIO(text, newline=""), strict=True):
    if record[:2] == ["table", "time"]:
        header = record
        if len(set(header)) != len(header):
            sys.exit(f"a column twice: {header}")
        continue
    if header is None or len(record) != len(header):
        sys.exit(f"{record} does not fit {header}")
    name = record[0].split(":")[0] if record[0].count(":") == 2 else record[0]
    got.append((name, record[1], record[2:]))
for i, (a, b) in enumerate(zip(got, wanted)):
    if a != b:
        sys.exit(f"row {i}: csv {a}, json {b}")
if len(got) != len(wanted):
    sys.exit(f"csv has {len(got)} rows, json {len(wanted)}")
if text and not text.endswith("\r\n"):
    sys.exit("the last line has no CRLF")
print(len(got))
PYTHON

rows=0
compare() { # compare NAME ARGUMENT...
    local name=$1 status count
    shift
    TZ=UTC "$PROBEVUE" --format json "$@" >"$work/json" 2>/dev/null </dev/null
    status=$?
    TZ=UTC "$PROBEVUE" --format csv "$@" >"$work/csv" 2>"$work/err" </dev/null
    [[ $? == "$status" ]]; result $? "$name: exit status"
    count=$(python3 "$work/compare.py" "$work/json" "$work/csv"); result $? "$name: csv is json"
    rows=$((rows + ${count:-0}))
}

# shellcheck source=tests/diff/bundled.sh
. tests/diff/bundled.sh
data=tests/data
for script in scripts/*.e; do
    replay_of "$script" || continue
    [[ -f $capture ]]; result $? "$script: its capture is there"
    compare "$script" -r "$capture" "$script" "${arguments[@]}"
done
[[ $rows -gt 300 ]]; result $? "the scripts print rows: $rows"

compare "every type" -r $data/web.pcap -e '
String text[64];
float f;
double wild;
@@net:bpf:any:tcp:"ip and port 81" {
    __auto long long wide;
    wide = -9223372036854775807;
    text = " a\"\\\n\t,\r\n";
    f = 2.5;
    wild = 1.0e300 * 1.0e300;
    printf("%d %x %lld %s %I %M %f %A %c\n", __tcphdr->src_port, __tcphdr->flags, wide, text, __ip4hdr->src_addr,
           __etherhdr->src_addr, f, timestamp(), 65);
    printf("%f %f %s%s", wild, -wild, text, text);
    printf("only text, and \"quotes\"\n");
    mac[__etherhdr->src_addr][__ip4hdr->dst_addr] = timestamp();
    append(sizes[__tcphdr->dst_port], __ip4hdr->total_len);
    note[text] = text;
}
@@END { print(mac); print(sizes); print(sizes, 1, LIST_VALUE_MAX); print(note); trace(f); trace(text); }'
compare "ranges, distributions and bars" -r $data/web.pcap -e '
range_t slots;
@@BEGIN { set_range(slots, LINEAR, 0, 100, 50); }
@@net:bpf:any:tcp:"ip" {
    qrange(size[__ip4hdr->src_addr], slots, __ip4hdr->total_len);
    add_dist(lengths[__ip4hdr->src_addr], __ip4hdr->total_len);
    n[__ip4hdr->src_addr]++;
}
@@interval:*:clock:1000 { rate(n); top(n, 1); }
@@END { print(size); quantize(size); quantize(n); lquantize(n); print(lengths); quantize(lengths); }'
compare "tables" -r $data/web.pcap -e '
@@net:bpf:any:tcp:"ip" { n[__ip4hdr->src_addr][__tcphdr->dst_port]++; when[__ip4hdr->src_addr][__tcphdr->dst_port] = timestamp(); }
@@END { print_table("%I %d %d %A\n", "ADDRESS PORT PACKETS LAST", n, when); clear(n); clear(when); print_table("%I %d %d %A\n", n, when); }'
compare "tentative output" -r $data/web.pcap -e '
int n;
@@net:bpf:any:tcp:"ip" {
    n++;
    start_tentative("kept"); printf("%d kept\n", n); end_tentative("kept");
    start_tentative("not"); printf("%d not\n", n); end_tentative("not");
    printf("%d at once\n", n);
    discard_tentative("not");
    if (n == 5) commit_tentative("kept");
}
@@END { printf("%d\n", n); }'
# Bytes that are no UTF-8, and texts with all that has to be quoted, as a packet brings them.
compare "texts of packets" -r $data/names.pcap -e '@@net:bpf:any:udp:"port 53" { seen[dns_name()]++; printf("%s\n", dns_name()); }
    @@END { print(seen); }'

# Nothing but tables comes to standard output.
TZ=UTC "$PROBEVUE" --stats --format csv -r $data/web.pcap -e '@@END { eprintf("to %s\n", "stderr"); printf("%d\n", 1); }' >"$work/csv" 2>"$work/err"
printf 'table,time,1\r\nprintf:1:39,2026-11-22T03:18:11.583745000Z,1\r\n' | cmp -s - "$work/csv"; result $? "standard output has tables only"
grep -qx 'to stderr' "$work/err" && grep -q '^packets: 140$' "$work/err"; result $? "texts and figures are on standard error"

# A reader that is no Python, where there is one.
if command -v datamash >/dev/null; then
    sum=$("$PROBEVUE" --format csv -r $data/web.pcap -e '@@net:bpf:any:tcp:"ip" { n[__ip4hdr->src_addr]++; } @@END { print(n); }' |
        tr -d '\r' | datamash -t, --header-in sum 4)
    [[ $sum == 106 ]]; result $? "datamash sums it up: $sum"
fi

echo "$passed passed, $failed failed; $rows rows of scripts"
[[ $failed == 0 ]]
