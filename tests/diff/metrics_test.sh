#!/usr/bin/env bash
# --metrics, --textfile, --push: what a scraper gets, against promtool and against what the script itself prints; scrapers
# that hang; what cannot be served.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
for tool in curl python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt install $tool"; exit 77; }
done
source tests/diff/bundled.sh
work=$(mktemp -d)
feeders=()
trap '((${#feeders[@]} == 0)) || kill "${feeders[@]}" 2>/dev/null; rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC NO_COLOR=1
source tests/tally.sh

has() { # has WHAT PART TEXT
    if [[ $3 == *"$2"* ]]; then ok; else bad "$1: no $2 in" && printf '%s\n' "$3"; fi
}
checked=0
lint() { # lint WHAT FILE: promtool has nothing to say of it
    command -v promtool >/dev/null || return
    checked=$((checked + 1))
    is "promtool: $1" '' "$(promtool check metrics <"$2" 2>&1)"
}
scrape() { curl -sS --max-time 8 "$@" "$url"; }

# serve CAPTURE ARGUMENT...: a replay that goes on until end is called, since its capture comes by a pipe; sets url, session
serve() {
    local capture=$1
    shift
    rm -f "$work/pipe" "$work/err" && mkfifo "$work/pipe"
    : >"$work/err"
    timeout 60 "$PROBEVUE" -r "$work/pipe" --metrics 127.0.0.1:0 "$@" >"$work/out" 2>"$work/err" &
    session=$!
    exec {pipe}>"$work/pipe"
    cat "$capture" >&"$pipe"
    url=
    until [[ -n $url ]]; do
        kill -0 "$session" 2>/dev/null || { cat "$work/err"; return 1; }
        url=$(grep -o 'http://[^ ]*' "$work/err")
    done
}
# until_seen PART: scrapes until the text has it; it is in $work/text then
until_seen() {
    local tries
    for tries in {1..100}; do
        scrape >"$work/text" 2>/dev/null
        grep -qF "$1" "$work/text" && return
    done
    bad "never seen: $1"
}
end() { # the end of the capture, and of the session
    exec {pipe}>&-
    wait "$session"
    status=$?
}

# --- values, labels, escapes ------------------------------------------------------------------------------------------

serve tests/data/web.pcap -e '
// bytes of each host
__list l;
@@net:bpf:any:*:"" {
    bytes[__pkt->src_addr] += __pkt->len;
    append(sizes[__pkt->src_addr][__pkt->dst_addr], __pkt->len);
    add_dist(size[__pkt->protocol], __pkt->len);
    add_distinct(ports, __pkt->src_port);
    odd["a\"b\nc\\"][__pkt->protocol]++;
    all++;
    packets++;
}
@@END { print(bytes); printf("all %d\n", all); }'
until_seen 'probevue_all_total 140'
lint "values" "$work/text"
has "the note says where" "note: metrics at $url" "$(cat "$work/err")"
is "the type" 'text/plain; version=0.0.4; charset=utf-8' "$(scrape -o /dev/null -w '%{content_type}')"
has "quotes, backslashes and ends of lines" 'probevue_odd_total{key1="a\"b\nc\\",protocol="6"} 134' "$(cat "$work/text")"
has "a name of our own is left to us" 'probevue_script_packets_total 140' "$(cat "$work/text")"
has "it is up" 'probevue_up 1' "$(cat "$work/text")"
has "nothing was lost" 'probevue_lost_total{stage="buffer_full"} 0' "$(cat "$work/text")"
# Buckets against the lengths themselves.
python3 - "$work/text" <<'PYTHON'; is "buckets are cumulative, up to the count" 0 $?
import re, sys
series = {}
for line in open(sys.argv[1]):
    found = re.match(r'probevue_size_bytes_bucket\{protocol="(\d+)",le="([^"]+)"\} (\d+)', line)
    if found: series.setdefault(found[1], []).append((float(found[2]), int(found[3])))
    found = re.match(r'probevue_size_bytes_count\{protocol="(\d+)"\} (\d+)', line)
    if found: assert series[found[1]][-1] == (float("inf"), int(found[2])), line
assert len(series) == 3
for buckets in series.values(): assert buckets == sorted(buckets) and [c for _, c in buckets] == sorted(c for _, c in buckets)
PYTHON

# --- scrapers that do not behave --------------------------------------------------------------------------------------

address=${url#http://} address=${address%/metrics} port=${address##*:}
for half in '' 'GET /met' $'GET /metrics HTTP/1.1\r\nHost: x\r\n'; do
    { exec {pipe}>&- && printf '%s' "$half" && exec sleep 60; } >"/dev/tcp/127.0.0.1/$port" & # it says no more, and does not go
    feeders+=($!)
done
# A reader that reads nothing of what it has asked for, several times.
exec {slow}<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' >&"$slow"
is "others are answered meanwhile" 200 "$(scrape -o /dev/null -w '%{http_code}')"
exec {slow}>&-
is "another path" 404 "$(curl -sS --max-time 8 -o /dev/null -w '%{http_code}' "http://$address/x")"
has "another method" $'\r\nAllow: GET, HEAD\r\n' "$(scrape -i -X DELETE)"
is "another method" 405 "$(scrape -o /dev/null -w '%{http_code}' -X DELETE)"
is "a body that nobody wants" 405 "$(scrape -o /dev/null -w '%{http_code}' -d abc)"
is "the head alone" 200 "$(scrape -I -o /dev/null -w '%{http_code}')"
has "the first page" '<a href="/metrics">/metrics</a>' "$(curl -sS --max-time 8 "http://$address/")"
head -c 100000 /dev/zero | tr '\0' x >"$work/long"
is "a head that is too long" 431 "$(scrape -o /dev/null -w '%{http_code}' -H "X-Long: $(head -c 60000 "$work/long")")"
is "and it is answered still" 200 "$(scrape -o /dev/null -w '%{http_code}')"
# The session of a port in use says so, and the first one goes on.
got=$("$PROBEVUE" --metrics "127.0.0.1:$port" -e '@@BEGIN { n++; exit(); }' 2>&1)
is "a port in use: status" 2 $?
has "a port in use" "error: --metrics: 127.0.0.1:$port is in use" "$got"
has "the hint of a port in use" 'another port, or 0 for any that is free' "$got"

end
is "the session ends as ever" 0 "$status"
# What END prints is what was served.
is "values are those that the script prints" "$(sed -nE 's/^bytes\[(.*)\] = (.*)/\1 \2/p' "$work/out" | sort)" \
    "$(sed -nE 's/^probevue_bytes_total\{src_addr="(.*)"\} (.*)/\1 \2/p' "$work/text" | sort)"
is "prints go on as ever" 'all 140' "$(tail -1 "$work/out")"
is "after the end nobody answers" 7 "$(curl -sS --max-time 8 "$url" >/dev/null 2>&1; echo $?)"

# --- a session that waits for the reader of its output ------------------------------------------------------------------

mkfifo "$work/full"
exec {reader}<>"$work/full" # who opens it, and reads nothing
rm -f "$work/err" && : >"$work/err"
timeout 60 "$PROBEVUE" --metrics :0 -r tests/data/web.pcap -r tests/data/web.pcap -e '
    @@net:bpf:any:*:"" { printf("%1000d\n%1000d\n%1000d\n", 1, 2, 3); n++; }' >"$work/full" 2>"$work/err" &
session=$! url=
until [[ -n $url ]] || ! kill -0 "$session" 2>/dev/null; do url=$(grep -o 'http://[^ ]*' "$work/err"); done
got=$(scrape -w ' %{http_code}')
has "it says so" 'the session does not answer: it waits for the reader of its output, or for a long clause' "$got"
is "503" 503 "${got##* }"
is "who comes behind need not wait" 503 "$(curl -sS --max-time 2 -o /dev/null -w '%{http_code}' "$url")"
cat <&"$reader" >/dev/null & # now somebody reads
feeders+=($!)
wait "$session"
is "it ends as ever" 0 $?
exec {reader}>&-

# --- the cap ----------------------------------------------------------------------------------------------------------

serve tests/data/web.pcap --max-series 2 -e '@@net:bpf:any:*:"" { bytes[__pkt->src_addr] += __pkt->len; last[__pkt->src_addr] = get_probe(); n++; }'
until_seen 'probevue_n_total 140'
lint "the cap" "$work/text"
is "the greatest, and the rest together" $'{src_addr="192.0.2.3"} 27852\n{src_addr="2001:db8::3"} 6875\n{src_addr="other"} 5611' \
    "$(sed -n 's/^probevue_bytes_total//p' "$work/text")"
is "what is not shown by itself" $'{variable="bytes"} 5\n{variable="last"} 5' "$(sed -n 's/^probevue_series_dropped//p' "$work/text" | grep .)"
end

# --- at the end: a file, and an address to send to ---------------------------------------------------------------------

# A server that keeps what it is sent: METHOD PATH, then the body.
cat >"$work/gateway.py" <<'PYTHON'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def keep(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[1], "ab") as file: file.write(f"{self.command} {self.path} {self.headers['Content-Type']}\n".encode() + body)
        self.send_response(int(sys.argv[2])); self.end_headers()
    do_PUT = do_POST = keep
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
gateway() { # gateway STATUS: starts one; sets gateway_port
    rm -f "$work/port" "$work/pushed" && mkfifo "$work/port"
    python3 "$work/gateway.py" "$work/pushed" "$1" >"$work/port" &
    feeders+=($!)
    read -r gateway_port <"$work/port"
}
gateway 200
count='@@net:bpf:any:tcp:"" { tcp[__pkt->dst_port]++; }'
mkdir "$work/files"
"$PROBEVUE" -r tests/data/web.pcap --textfile "$work/files" --push "http://127.0.0.1:$gateway_port/metrics/job/x" -e "$count" >"$work/out" 2>"$work/err"
is "a file and a gateway: status" 0 $?
is "nothing is said" '' "$(cat "$work/err")"
is "one file, whole" probevue.prom "$(ls -A "$work/files")"
lint "the file" "$work/files/probevue.prom"
is "its values are those that are printed" "$(sed -nE 's/^tcp\[(.*)\] = (.*)/\1 \2/p' "$work/out" | sort)" \
    "$(sed -nE 's/^probevue_tcp_total\{script="probevue",dst_port="(.*)"\} (.*)/\1 \2/p' "$work/files/probevue.prom" | sort)"
has "it is over" 'probevue_up{script="probevue"} 0' "$(cat "$work/files/probevue.prom")"
has "a group is replaced" 'PUT /metrics/job/x text/plain; version=0.0.4; charset=utf-8' "$(cat "$work/pushed")"
has "the last that is sent says that it is over" 'probevue_up 0' "$(cat "$work/pushed")"
"$PROBEVUE" -r tests/data/web.pcap --push "http://127.0.0.1:$gateway_port/api/v1/import/prometheus" -e "$count" >/dev/null 2>&1
has "another is sent to" 'POST /api/v1/import/prometheus' "$(cat "$work/pushed")"
"$PROBEVUE" -r tests/data/web.pcap --textfile "$work/files" scripts/top_talkers.e >/dev/null 2>&1
has "the file is called as the script is" top_talkers.prom "$(ls "$work/files")"

# What cannot be reached is one warning.
"$PROBEVUE" -r tests/data/web.pcap --push http://127.0.0.1:1/metrics/job/x -e "$count" >"$work/out" 2>"$work/err"
is "out of reach: status" 0 $?
is "out of reach: one warning" 1 "$(wc -l <"$work/err")"
has "out of reach" 'warning: --push: http://127.0.0.1:1 does not take metrics: ' "$(cat "$work/err")"
gateway 500
has "what does not take it" "warning: --push: http://127.0.0.1:$gateway_port does not take metrics: it answers with status 500" \
    "$("$PROBEVUE" -r tests/data/web.pcap --push "http://user:secret@127.0.0.1:$gateway_port/" -e "$count" 2>&1)"

# --- live -------------------------------------------------------------------------------------------------------------

# A session that idles answers at once, and is woken for that only.
: >"$work/err"
timeout 60 "$PROBEVUE" --metrics '[::1]:0' -e '@@BEGIN { began[1]++; } @@interval:*:clock:3600000 { n++; }' >"$work/out" 2>"$work/err" &
session=$! url=
until [[ -n $url ]] || ! kill -0 "$session" 2>/dev/null; do url=$(grep -o 'http://[^ ]*' "$work/err"); done
if [[ -z $url && $(cat "$work/err") == *"is no address of this machine"* ]]; then
    echo "no IPv6 here: a live session at [::1] is not tested"
else
    has "an address of IPv6" 'http://[::1]:' "$url"
    has "a session that idles" 'probevue_began_total{key1="1"} 1' "$(scrape -g)"
    kill -INT "$session"
    wait "$session"
    is "a session that idles: status" 0 $?
fi

# Packets of this machine, as far as one may see them: those of the scrapes themselves.
rm -f "$work/err" && : >"$work/err"
timeout 60 "$PROBEVUE" --metrics :0 -e '@@net:bpf:lo:tcp:"" { bytes[__pkt->dst_port] += __pkt->len; }' >"$work/out" 2>"$work/err" &
session=$! url=
until [[ -n $url ]] || ! kill -0 "$session" 2>/dev/null; do url=$(grep -o 'http://[^ ]*' "$work/err"); done
if [[ -z $url ]]; then
    echo "packets of this machine may not be seen here: a live session of packets is not tested"
else
    port=${url##*:} port=${port%/metrics}
    until_seen "probevue_bytes_total{dst_port=\"$port\"}"
    kill -INT "$session"
    wait "$session"
    served=$(sed -nE "s/^probevue_bytes_total\{dst_port=\"$port\"\} //p" "$work/text")
    printed=$(sed -nE "s/^bytes\[$port\] = //p" "$work/out")
    is "packets of this machine: what was served is a part of what is printed" 1 "$((served > 0 && served <= printed ? 1 : 0))"
fi

# --- what cannot be served ---------------------------------------------------------------------------------------------

refused() { # refused PART ARGUMENT...
    local part=$1 got
    shift
    got=$("$PROBEVUE" "$@" 2>&1 </dev/null)
    is "status of: $*" 2 $?
    has "$*" "error: $part" "$got"
}
run=(-e '@@BEGIN { n++; exit(); }')
refused '--metrics wants an address and a port, not `nowhere`' --metrics nowhere "${run[@]}"
has "the hint of --textfile" 'the one that node_exporter has as --collector.textfile.directory' "$("$PROBEVUE" --textfile "$work/none" "${run[@]}" 2>&1)"
has "the hint of an address" '`ip address` lists them' "$("$PROBEVUE" --metrics 192.0.2.77:9465 "${run[@]}" 2>&1)"
has "the session of a terminal" 'error: --metrics, --textfile and --push show a script, and this is the interactive session' \
    "$(python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$PROBEVUE" --metrics :0 2>&1 </dev/null)"
mkdir "$work/limited"
has "a file that cannot be written" 'warning: --textfile: cannot write `'"$work/limited/" "$(ulimit -f 0 && "$PROBEVUE" --textfile "$work/limited" "${run[@]}" 2>&1)"
is "and leaves nothing" 0 "$(find "$work/limited" -type f | wc -l)"
[[ $(id -u) != 0 ]] || refused '--textfile: cannot write `/proc/' --textfile /proc "${run[@]}"
mkdir "$work/shut" && chmod 555 "$work/shut"
[[ $(id -u) == 0 ]] || refused '--textfile cannot write in `' --textfile "$work/shut" "${run[@]}"
has "its hint" '127.0.0.1:9465, [::1]:9465, or :9465 for this machine alone' "$("$PROBEVUE" --metrics nowhere "${run[@]}" 2>&1)"
has "the hint of --push" "http://localhost:9091/metrics/job/probevue is a Pushgateway's" "$("$PROBEVUE" --push here "${run[@]}" 2>&1)"
refused '--metrics wants an address and a port' --metrics '' "${run[@]}"
refused '--metrics: 192.0.2.77:9465 is no address of this machine' --metrics 192.0.2.77:9465 "${run[@]}"
refused '--textfile wants a directory, and `'"$work/none"'` is none' --textfile "$work/none" "${run[@]}"
refused '--textfile wants a directory' --textfile '' "${run[@]}"
refused '--push wants a URL of http or https, not `ftp://x/`' --push ftp://x/ "${run[@]}"
refused '--push wants a URL of http or https, not `here`' --push here "${run[@]}"
refused '--push wants a URL' --push '' "${run[@]}"
refused '--max-series wants a number of at least 1, not `0`' --metrics :0 --max-series 0 "${run[@]}"
refused '--max-series is about --metrics, --textfile and --push, and there is none of them' --max-series 5 "${run[@]}"
refused '--top shows the variables here, and --metrics, --textfile and --push elsewhere' --metrics :0 --top "${run[@]}"
refused '--metrics, --textfile and --push show a script, and -i is the interactive session' --metrics :0 -i
refused '--test runs what its tests say, and takes no flags of a run' --metrics :0 --test scripts/tests
has "open to all" 'who reaches that address can read the metrics: there is no password' "$("$PROBEVUE" --metrics 0.0.0.0:0 "${run[@]}" 2>&1)"
has "nothing to show" 'warning: the script has no global variables and no arrays: its metrics are those of probevue itself' \
    "$("$PROBEVUE" --metrics :0 -e '@@BEGIN { exit(); }' 2>&1)"

# --- bundled scripts ----------------------------------------------------------------------------------------------------

mkdir "$work/all"
for script in scripts/*.e; do
    replay_of "$script" || continue
    "$PROBEVUE" -r "$capture" --textfile "$work/all" "$script" "${arguments[@]}" >/dev/null 2>&1
    name=$(basename "$script" .e)
    is "$name leaves a file" yes "$([[ -s $work/all/$name.prom ]] && echo yes)"
    lint "$name" "$work/all/$name.prom"
done

# --- the dashboard and the alerts ------------------------------------------------------------------------------------------

python3 - <<'PYTHON'; is "the dashboard asks for what there is" 0 $?
import json, re
board = json.load(open("share/grafana/probevue.json"))
own = set(re.findall(r'"(probevue_[a-z_]+)"', open("runtime/metrics/own.cpp").read()))
used = set(re.findall(r"probevue_[a-z_]+", json.dumps([p.get("targets") for p in board["panels"]])))
assert used and used <= own, used - own
assert board["uid"] and len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
alerts = set(re.findall(r"probevue_[a-z_]+", open("share/prometheus/alerts.yml").read()))
assert alerts <= own, alerts - own
PYTHON
if command -v promtool >/dev/null; then
    promtool check rules share/prometheus/alerts.yml >"$work/out" 2>&1
    is "promtool: the alerts" 0 $?
else
    echo "promtool is missing (apt install prometheus): what it says of metrics and alerts is not tested"
fi

echo "$passed passed, $failed failed, $checked texts checked by promtool"
[[ $failed == 0 ]]
