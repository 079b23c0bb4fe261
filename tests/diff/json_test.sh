#!/usr/bin/env bash
# Every line of --format json follows docs/json-schema.json, for scripts that print all that there is to print; and what it says
# is what the text output says. Where python3 has jsonschema, that checks the lines too.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
check=${PROBEVUE%/*}/tests/check_json
schema=docs/json-schema.json
[[ -x $check ]] || { echo "$check is not built"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}

if python3 -c 'import jsonschema' 2>/dev/null; then
    with_python() {
        python3 -W ignore - "$schema" "$1" <<'PYTHON'
import json, sys
import jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
bad = 0
for line in open(sys.argv[2], encoding="utf-8"):
    for error in validator.iter_errors(json.loads(line)):
        print(line, error.message)
        bad = 1
sys.exit(bad)
PYTHON
    }
else
    with_python() { :; }
fi

# lines KIND...: runs probevue and checks what it prints; at least one line of each kind must be there
lines() {
    local name=$1 kinds=$2
    shift 2
    TZ=UTC "$PROBEVUE" --format json "$@" >"$work/out" 2>"$work/err" </dev/null
    "$check" "$schema" <"$work/out"; result $? "$name: the schema"
    cat "$work/out" >>"$work/all"
    [[ ! -s $work/err ]]; result $? "$name: nothing on standard error"
    local kind
    for kind in $kinds; do
        grep -q "^{\"type\":\"$kind\"" "$work/out"; result $? "$name: a line of type $kind"
    done
}

# shellcheck source=tests/diff/bundled.sh
. tests/diff/bundled.sh
data=tests/data
for script in scripts/*.e; do
    replay_of "$script" || continue
    [[ -f $capture ]]; result $? "$script: its capture is there"
    # What the text output prints, the JSON output has in its texts.
    lines "$script" "" -r "$capture" "$script" "${arguments[@]}"
    printed=$(TZ=UTC "$PROBEVUE" -r "$capture" "$script" "${arguments[@]}" 2>/dev/null | wc -l)
    [[ $printed == 0 || -s $work/out ]]; result $? "$script: prints"
done

lines "every type" "printf print" -r $data/web.pcap -e '
String text[16];
float f;
@@net:bpf:any:tcp:"ip and port 81" {
    __auto long long wide;
    wide = -9223372036854775807;
    text = "a\"\\\n\t";
    f = 2.5;
    printf("%d %x %lld %s %I %M %f %A %c\n", __tcphdr->src_port, __tcphdr->flags, wide, text, __ip4hdr->src_addr,
           __etherhdr->src_addr, f, timestamp(), 65);
    mac[__etherhdr->src_addr][__ip4hdr->dst_addr] = timestamp();
    append(sizes[__tcphdr->dst_port], __ip4hdr->total_len);
}
@@END { print(mac); print(sizes); print(sizes, 1, LIST_VALUE_MAX); }'
lines "ranges and bars" "print quantize lquantize" -r $data/web.pcap -e '
range_t slots;
@@BEGIN { set_range(slots, LINEAR, 0, 100, 50); }
@@net:bpf:any:tcp:"ip" { qrange(size[__ip4hdr->src_addr], slots, __ip4hdr->total_len); n[__ip4hdr->src_addr]++; }
@@END { print(size); quantize(n); lquantize(n); }'
lines "tables" "print_table" -r $data/web.pcap -e '
@@net:bpf:any:tcp:"ip" { n[__ip4hdr->src_addr][__tcphdr->dst_port]++; when[__ip4hdr->src_addr][__tcphdr->dst_port] = timestamp(); }
@@END { print_table("%I %d %d %A\n", "ADDRESS PORT PACKETS LAST", n, when); clear(n); clear(when); print_table("%I %d %d %A\n", n, when); }'
lines "other functions" "eprintf trace stats" --stats -e '@@BEGIN { eprintf("to %s\n", "stderr"); trace(5); exit(); }'
lines "a message" "printf message" -r $data/bad/data-cut.pcap -e '@@net:bpf:any:*:"" { printf("packet\n"); }'
lines "a check that passes" "check" --check -e '@@BEGIN { exit(); }'
lines "a check that fails" "diagnostic check" --check -e '@@BEGIN { nothing(); }'

# Listings say what the listings for people say, and more.
lines "listing" "probe_point built_in function constant" -l
"$PROBEVUE" -l | awk '{print $1}' | sort >"$work/text"
python3 -c 'import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row["type"] == "probe_point":
        print(row["point"].split(" ")[0])' <"$work/out" | sort >"$work/points"
cmp -s "$work/text" "$work/points"; result $? "listing: the points of the text"
lines "listing of a point" "probe_point built_in function" -v -l @@net:tcp:retransmit
"$PROBEVUE" -v -l @@net:tcp:retransmit | sed -n 's/^    \(__[^ ]*\) .*/\1/p' >"$work/text"
python3 -c 'import json, sys
for line in sys.stdin:
    row = json.loads(line)
    if row["type"] == "built_in":
        print(row["name"])' <"$work/out" >"$work/names"
cmp -s "$work/text" "$work/names"; result $? "listing of a point: the built-ins of the text"
grep -q '"name":"__tcpinfo->srtt","value_type":"long long","unit":"us"' "$work/out"; result $? "listing: units"
! grep -q '"type":"constant"' "$work/out"; result $? "listing of a point: no constants"
lines "listing of a kernel event" "probe_point" -v -l tcp_retransmit_skb
if grep -q '"hook"' "$work/out"; then
    grep -qF '"arguments":["__arg1 struct sock *sk",' "$work/out"; result $? "listing: arguments"
fi
lines "listing where there is no packet" "function" -l @@BEGIN
! grep -q '"name":"igmp_group"' "$work/out"; result $? "listing where there is no packet: no functions for packets"
refused() { # refused MESSAGE ARGUMENT...
    local message=$1
    shift
    "$PROBEVUE" "$@" >"$work/out" 2>"$work/err" </dev/null
    [[ $? == 2 && ! -s $work/out && $(<"$work/err") == "$message" ]]; result $? "refused: $message"
}
refused 'probevue: error: -l prints text or json only
hint: leave out --format csv or html' -l --format csv
refused 'probevue: error: -l of a script prints text only
hint: --check --format json has its probes as JSON' --format json -l top_talkers
refused 'probevue: error: no probe point matches `@@net:tcp:nothing`
hint: probevue -l net lists those of @@net' --format json -l @@net:tcp:nothing

with_python "$work/all"; result $? "all lines: the schema, says jsonschema" # at once: it takes long to start

# The checks can fail.
echo '{"type":"printf","time":"2026-06-09T14:03:27.000000001Z","probe":"@@END","text":"","values":[]}' >"$work/good"
"$check" "$schema" <"$work/good" >/dev/null; result $? "a good line"
for bad in '{"type":"nothing"}' '{"type":"printf","time":"today","probe":"@@END","text":"","values":[]}' '{"type":"stats"' 'text' \
    '{"type":"message","kind":"note","text":"x","more":1}'; do
    ! "$check" "$schema" <<<"$bad" >/dev/null; result $? "refuses $bad"
done

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
