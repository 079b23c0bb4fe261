#!/usr/bin/env bash
# A report of --format html: it loads nothing, its numbers are those of the text output, without scripts too, and in a browser its
# tables sort and filter and its pictures are there. Without Chromium what the file says is still compared.
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

cat >"$work/script.e" <<'VUE'
/* <script>alert("no")</script> */
range_t slots;
int packets;
long long left;
@@BEGIN { set_range(slots, LINEAR, 0, 1500, 300); }
@@net:bpf:any:tcp:"ip" {
    packets++;
    left += __ip4hdr->total_len;
    bytes[__ip4hdr->src_addr][__tcphdr->dst_port] += __ip4hdr->total_len;
    append(sizes[__ip4hdr->src_addr], __ip4hdr->total_len);
    add_dist(lengths[__ip4hdr->src_addr], __ip4hdr->total_len);
    qrange(by_size[__ip4hdr->src_addr], slots, __ip4hdr->total_len);
    second[__tcphdr->dst_port]++;
    unseen[__ip4hdr->src_addr] = 1;
    names["<img src=x onerror=alert(1)>"]++;
}
@@interval:*:clock:500 { printf("%d packets & <b>\n", packets); print(second); clear(second); print(lengths); }
@@END { print(bytes); print(sizes); quantize(lengths); print(by_size); print(names); }
VUE

TZ=UTC "$PROBEVUE" --format html -o "$work/report.html" -r tests/data/web.pcap "$work/script.e" one 'two "words"' >"$work/out" 2>&1
[[ $? == 0 && ! -s $work/out ]]; result $? "a report is written, quietly"
TZ=UTC "$PROBEVUE" --format html -r tests/data/web.pcap "$work/script.e" one 'two "words"' | cmp -s - "$work/report.html"
result $? "the same bytes on standard output, and a second time"
TZ=UTC "$PROBEVUE" -r tests/data/web.pcap "$work/script.e" one 'two "words"' >"$work/text"

# More prints than a picture has points: each is a mean. What was printed every other time goes through all of it.
cat >"$work/gaps.py" <<'PYTHON'
import struct, sys
out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228)
for second in range(1300):
    for host in (1, 2)[: 1 + second % 2]:
        packet = struct.pack("!BBHHHBBH4s4sHHHH", 0x45, 0, 28, 0, 0, 64, 17, 0, bytes((10, 0, 0, host)), bytes((10, 0, 1, 1)), 1, 2, 8, 0)
        out += struct.pack("<IIII", 1000 + second, 500000 + host, len(packet), len(packet)) + packet
sys.stdout.buffer.write(out)
PYTHON
python3 "$work/gaps.py" >"$work/gaps.pcap"
"$PROBEVUE" --format html -r "$work/gaps.pcap" -e '@@net:bpf::udp:"" { append(l[__pkt->src_addr], __pkt->len); }
    @@interval:*:clock:1000 { print(l); clear(l); }' >"$work/gaps.html"
[[ $(grep -oE '<path class="[^"]*" d="M[^"]{2000,}"' "$work/gaps.html" | wc -l) == 2 ]]; result $? "lines with gaps are drawn over all prints"

! grep -E 'https?://|url\(|@import|<(img|link|iframe|object|embed)|<[^>]* (src|href|on[a-z]+)="?[^#"]' "$work/report.html"
result $? "nothing is loaded from elsewhere, no handlers"
! grep -q 'alert("no")' "$work/report.html"; result $? "the script's text is escaped"

# Tables and texts as a reader without scripts has them, against the lines of the text output.
cat >"$work/compare.py" <<'PYTHON'
import re, sys
from html.parser import HTMLParser

class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tables, self.cell, self.pre, self.pres, self.section = [], None, None, [], ""
        self.heading, self.svgs, self.titles, self.faults = None, 0, 0, []
    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "h2": self.heading = ""
        if tag == "table": self.tables.append({"section": self.section, "rows": [], "head": [], "caption": ""})
        if tag == "tr": self.row = []
        if tag in ("td", "th", "caption"):
            self.cell = ""
            if tag == "th" and a.get("scope") not in ("col", "row"): self.faults.append("th without scope")
        if tag == "pre": self.pre = ""
        if tag == "svg" and "chart" in (a.get("class") or ""):
            self.svgs += 1
            if a.get("role") != "img" or not a.get("aria-labelledby"): self.faults.append("svg without role or name")
    def handle_endtag(self, tag):
        if tag == "h2": self.section, self.heading = self.heading, None
        if tag == "caption": self.tables[-1]["caption"], self.cell = self.cell, None
        if tag in ("td", "th"): self.row.append(self.cell); self.cell = None
        if tag == "tr":
            self.tables[-1]["rows"].append(self.row)
        if tag == "pre": self.pres.append(self.pre); self.pre = None
    def handle_data(self, data):
        if self.cell is not None: self.cell += data
        if self.pre is not None: self.pre += data
        if self.heading is not None: self.heading += data

page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
text = open(sys.argv[2], encoding="utf-8").read()
faults = page.faults
if any(not table["caption"] for table in page.tables): faults.append("table without caption")

def rows_of(name, head):
    for table in page.tables:
        if (table["section"] == name or table["section"].startswith(name + " · quantize")) and table["rows"][0][:len(head)] == head:
            return table["rows"][1:]
    faults.append(f"no table of {name} {head}")
    return []
bytes_ = {(row[0], row[1]): row[2] for row in rows_of("bytes", ["key 1", "key 2", "bytes"])}
wanted = {tuple(m[:2]): m[2] for m in re.findall(r"^bytes\[(\S+), (\d+)\] = (\d+)$", text, re.M)}
if bytes_ != wanted or len(wanted) != 12: faults.append(f"bytes: {bytes_} {wanted}")
sizes = {row[0]: row[1:] for row in rows_of("sizes", ["key", "count", "sum", "avg", "min", "max"])}
wanted = {m[0]: list(m[1:]) for m in re.findall(r"^sizes\[(\S+)\] = count=(\d+) sum=(\d+) avg=(\d+) min=(\d+) max=(\d+)$", text, re.M)}
if sizes != wanted or len(wanted) != 2: faults.append(f"sizes: {sizes} {wanted}")
last = text.rsplit("lengths[192.0.2.2]", 1)[1].splitlines()
bins = [tuple(row) for row in rows_of("lengths", ["lengths", "from", "to", "count"])]
figures = {row[0]: row[1:] for row in rows_of("lengths", ["key", "count", "min", "p50", "p90", "p99", "max"])}
found = re.findall(r"^lengths\[(\S+)\] = count=(\d+) min=(\d+) p50=(\d+) p90=(\d+) p99=(\d+) max=(\d+)$", text, re.M)
if figures != {m[0]: list(m[1:]) for m in found[-2:]}: faults.append(f"lengths: {figures} {found[-2:]}")
wanted, key = [], "192.0.2.2"
for line in last:
    if line.startswith("lengths["): key = line[8:].split("]")[0]
    m = re.match(r"    \[ *(\d+), +(\d+)\)  +(\d+) \|", line)
    if m and m[3] != "0": wanted.append((key, m[1], str(int(m[2]) - 1), m[3]))
if sorted(bins) != sorted(wanted) or not wanted: faults.append(f"bins: {bins} {wanted}")
slots = [tuple(row) for row in rows_of("by_size", ["key", "slot", "count"])]
wanted, key = [], None
for line in text[text.index("by_size["):].splitlines():
    if line.startswith("by_size["): key = line[8:].split("]")[0]
    m = re.match(r"    (.+?)  (\d+)$", line)
    if m: wanted.append((key, m[1], m[2]))
    elif not line.startswith("by_size["): break
if sorted(slots) != sorted(wanted) or len(wanted) != 12: faults.append(f"slots: {slots} {wanted}")
printed = [line for line in text.splitlines() if line.endswith("packets & <b>")]
if page.pres[0].splitlines() != printed: faults.append(f"printed: {page.pres[0]}")
series = rows_of("packets", ["time", "packets"])
if [row[1] for row in series] != [line.split()[0] for line in printed]: faults.append(f"series: {series}")
if ["<img src=x onerror=alert(1)>", "106"] not in rows_of("names", ["key", "value"]): faults.append("names")
if ["192.0.2.2", "1"] not in rows_of("unseen", ["key", "value"]): faults.append("unseen")
if ["left", "30360"] not in rows_of("Variables at the end", ["name", "value"]): faults.append("left")
if ["packets", "140"] not in rows_of("Figures", ["figure", "value"]): faults.append("figures")
if open(sys.argv[3]).read() not in page.pres[1]: faults.append("the script's text")
if page.svgs < 12: faults.append(f"{page.svgs} pictures")
for fault in faults: print(fault)
sys.exit(bool(faults))
PYTHON
python3 "$work/compare.py" "$work/report.html" "$work/text" "$work/script.e"; result $? "without scripts: all numbers of the text output"

# A disk that is full, and a reader that goes away.
if [[ -w /dev/full ]]; then
    "$PROBEVUE" --format html -o /dev/full -r tests/data/web.pcap "$work/script.e" >/dev/null 2>"$work/err"
    [[ $? == 1 ]] && grep -q 'cannot write to `/dev/full`' "$work/err"; result $? "a full disk is told"
fi
"$PROBEVUE" --format html -r tests/data/web.pcap "$work/script.e" 2>"$work/err" | head -c 1 >/dev/null
[[ ${PIPESTATUS[0]} == 0 && ! -s $work/err ]]; result $? "a reader that goes away ends it quietly"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "no Chromium here: what a browser makes of it is not tested"
    echo "$passed passed, $failed failed"
    [[ $failed == 0 ]]
    exit
}
browse() { timeout 60 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" "$@" 2>/dev/null; }

# In the page's own security policy no other script runs: the one that drives it stands in a page around it.
cat >"$work/drive.html" <<'HTML'
<!DOCTYPE html><iframe id="report" width="900" height="900"></iframe><pre id="seen"></pre><script>
const frame = document.getElementById("report"), say = (text) => document.getElementById("seen").append(text + "\n");
frame.onload = () => {
  const page = frame.contentDocument;
  const table = [...page.querySelectorAll("table.data")].find((one) => one.caption.textContent.startsWith("bytes: "));
  const column = (n) => [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.cells[n].textContent).join(" ");
  const heads = table.tHead.rows[0].cells;
  heads[1].querySelector("button").click(); say("ports " + heads[1].getAttribute("aria-sort") + " " + column(1));
  heads[1].querySelector("button").click(); say("ports " + heads[1].getAttribute("aria-sort") + " " + column(1));
  heads[0].querySelector("button").click(); say("keys " + heads[0].getAttribute("aria-sort") + " " + heads[1].getAttribute("aria-sort") + " " + column(0));
  const filter = page.getElementById("filter-" + table.id);
  filter.value = "8080"; filter.dispatchEvent(new Event("input")); say("filter " + column(1) + ", " + filter.parentElement.querySelector("[role=status]").textContent);
  const charts = [...page.querySelectorAll("svg.chart")];
  say("charts " + charts.every((chart) => chart.getBoundingClientRect().width > 100 && chart.getBoundingClientRect().height > 40));
  say("bars " + [...page.querySelectorAll("rect.bar")].every((bar) => bar.getBoundingClientRect().width > 0));
  say("wide " + (page.documentElement.scrollWidth <= page.documentElement.clientWidth));
  say("loaded " + frame.contentWindow.performance.getEntriesByType("resource").length);
  say("styled " + (frame.contentWindow.getComputedStyle(page.body).maxWidth !== "none"));
};
frame.src = location.hash.slice(1);
</script>
HTML
drive() { # drive FILE
    browse --allow-file-access-from-files --virtual-time-budget=5000 --dump-dom "file://$work/drive.html#file://$1" | sed -n '/<pre id="seen">/,/<\/pre>/p'
}
drive "$work/report.html" >"$work/seen"
sees() { grep -q "$1" "$work/seen"; result $? "in a browser: $1"; }
sees 'ports descending 45450 45438 40724 40708 40692 40680 40672 37404 8080 82 81 80$'
sees '^ports ascending 80 81 82 8080 37404 40672 40680 40692 40708 40724 45438 45450$'
sees '^keys ascending none 192.0.2.2 192.0.2.2 192.0.2.2 192.0.2.2 192.0.2.3'
sees '^filter 8080, 1 of 12 rows$'
sees '^charts true$'
sees '^bars true$'
sees '^wide true$'
sees '^loaded 0$'
sees '^styled true$'
# A report that is opened as it is: its script has run, no other one.
browse --dump-dom "file://$work/report.html" >"$work/dom"
grep -q 'aria-sort="none"' "$work/dom"; result $? "its script runs under its security policy"

# A picture of it has colours besides its ground: blank ones are far smaller.
for scheme in light dark; do
    browse --hide-scrollbars --window-size=1200,2000 --blink-settings=preferredColorScheme=$([[ $scheme == dark ]] && echo 0 || echo 1) \
        --screenshot="$work/$scheme.png" "file://$work/report.html" >/dev/null
    [[ $(stat -c %s "$work/$scheme.png" 2>/dev/null || echo 0) -gt 40000 ]]; result $? "a picture of it, $scheme"
done
! cmp -s "$work/light.png" "$work/dark.png"; result $? "dark is not light"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
