# share/fleet/*.sql, which load states into a store: what its views add up is what `probevue --merge` has, or an error. Sourced from the root of
# the source tree by the test of a store, which sets
#
#     engine     duckdb or clickhouse
#     package    of npm, which has it
. tests/fleet/engine.sh
for tool in node npm zstd python3; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed (Debian's packages nodejs, npm, zstd, python3)"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/npm"
if ! timeout 300 npm install --prefix "$work/npm" --no-audit --no-fund --ignore-scripts "$package" >"$work/npm/log" 2>&1; then
    echo "skipped: npm cannot install $package: $(grep -m 1 'npm ERR!\|npm error' "$work/npm/log" || tail -n 1 "$work/npm/log")"
    exit 77
fi
export LC_ALL=C TZ=UTC

# ask STATEMENT|@FILE...: what the store answers
ask() { timeout 120 node tests/fleet/stores.mjs "$engine" "$work/npm" "$@"; }
# states_in PATTERN: the statement that says where states are
states_in() { if [[ $engine == duckdb ]]; then echo "SET VARIABLE states = '$1'"; else echo "SET param_states = '$1'"; fi; }
views=("SELECT 'sums', name, k, value FROM sums" "SELECT 'lists', name, k, count, sum, min, max FROM lists" "SELECT 'slots', name, k, slot, count FROM slots"
    "SELECT 'dists', name, k, count, sum, min, max FROM dists" "SELECT 'bins', name, k, least, count FROM bins" "SELECT 'distincts', name, k, count FROM distincts"
    "SELECT 'registers', name, k, sum(value), sum(register * value) FROM registers GROUP BY name, k" "SELECT 'tables', name, k, value FROM tables")
# gather SHARDS CAPTURE SCRIPT ARGUMENTS...: states in $work/states
gather() {
    rm -rf "$work/states"
    mkdir "$work/states"
    for ((shard = 1; shard <= $1; ++shard)); do
        "$PROBEVUE" -q info=none -r "$2" --shard "$shard/$1" --state-out "$work/states/$shard.pvs" "${@:3}" 2>"$work/err" || return
    done
}
# compare WHAT SCRIPT ARGUMENTS...: the views over $work/states, with the state that probevue makes of them
compare() {
    "$PROBEVUE" --merge "$work/states/*.pvs" --state-out "$work/all.pvs" "${@:2}" 2>"$work/err" || { bad "$1: $(<"$work/err")"; return; }
    zstdcat "$work/all.pvs" | python3 tests/fleet/stores.py | sort >"$work/expected"
    ask "$(states_in "$work/states/*.pvs")" "@share/fleet/$engine.sql" "${views[@]}" 2>"$work/err" >"$work/rows" || bad "$1: $(<"$work/err")"
    sort "$work/rows" >"$work/got"
    same "$1" "$work/expected" "$work/got"
    rows=$((rows + $(wc -l <"$work/got")))
}
# refuses TEXT WHAT: states that are not loaded; afterwards there is no table that could be taken for an answer
refuses() {
    ask "$(states_in "$work/states/*.pvs")" "@share/fleet/$engine.sql" >/dev/null 2>"$work/err" && bad "loads $2"
    # ClickHouse says where the reasons are.
    [[ $engine == duckdb ]] || ask "$(states_in "$work/states/*.pvs")" "@$work/until_problems.sql" "SELECT problem FROM state_problems" >"$work/err" 2>&1
    [[ $(<"$work/err") == *"$1"* ]] && ok || bad "$2: no \`$1\` in $(<"$work/err")"
}

# block HEAD: what stands in the page below that line, in all blocks that have it
block() { awk -v head="$1" '$0 == "```" { inside = 0 } inside; $0 == head { inside = 1 }' docs/stores.md; }

stores_test() {
    local script compared=0 rows=0
    sed '/^CREATE TABLE elements/,$d' "share/fleet/$engine.sql" >"$work/until_problems.sql"

    # --- the page: its script, its states, its statements and what they answer, also from Parquet ---
    mkdir "$work/page"
    ln -s "$PWD/tests" "$work/page/tests"
    ln -s "$PROBEVUE" "$work/page/probevue"
    block '```c file=hosts.e' >"$work/page/hosts.e"
    (cd "$work/page" && PATH=$PWD:$PATH bash -e) < <(block '```sh') || bad "the page's states"
    block '```sql' >"$work/statements"
    mapfile -t statements <"$work/statements"
    block '```text' | tr -s ' ' >"$work/expected"
    load=("$(states_in "$work/page/*.pvs")" "@share/fleet/$engine.sql")
    plain() { python3 -c 'import json, sys; [print(*json.loads(line)) for line in sys.stdin]'; }
    ask "${load[@]}" "${statements[@]}" | plain >"$work/got"
    same "the page" "$work/expected" "$work/got"
    block "\`\`\`sql $engine" | sed "s|'\([^']*parquet\)'|'$work/page/\1'|" >"$work/parquet.sql"
    ask "${load[@]}" "@$work/parquet.sql" "${statements[@]}" | plain >"$work/got"
    same "the page, from Parquet" "$work/expected" "$work/got"
    [[ -s $work/page/day.parquet ]] && ok || bad "there is no Parquet file"

    # --- the bundled scripts ---
    for script in scripts/*.e; do
        replay_of "$script" || continue
        gather 4 "$capture" "$script" "${arguments[@]}" || continue # what cannot be split: other tests have that
        compare "$script" "$script" "${arguments[@]}"
        compared=$((compared + 1))
    done
    echo "$compared scripts, $rows rows"
    ((compared > 30 && rows > 200)) && ok || bad "too few"

    # --- every kind of value, the greatest numbers, odd keys ---
    cat >"$work/kinds.e" <<'VUE'
unsigned long long big;
range_t steps, names;
__list lengths;
@@BEGIN {
    set_range(steps, LINEAR, 0, 1600, 100);
    add_range(names, "6", "17");
}
@@net:bpf:any:*:"" {
    all++;
    odd["a \"b\" \\ c"]++;
    append(lengths, __pkt->len);
    append(by_host[__pkt->src_addr], __pkt->len);
    qrange(size[__pkt->protocol], steps, __pkt->len);
    add_dist(spread[__pkt->protocol], __pkt->len);
    add_distinct(few[__pkt->src_addr], __pkt->dst_port);
    add_distinct(many, __pkt->number);
}
@@net:bpf:any:*:"" when (__pkt->number == 1) { big += 18446744073709551615ull; }
@@interval:*:clock:1000 { print(window); clear(window); }
@@net:bpf:any:ether:"" { down[-5][__etherhdr->src_addr] -= 3; qrange(named[1], names, "17"); }
@@net:bpf:any:tcp:"" { window[__pkt->dst_port]++; }
@@END { print(odd); }
VUE
    tests/data/repeat_capture.py tests/data/web.pcap "$work/long.pcap" 30 30
    gather 2 tests/data/web.pcap "$work/kinds.e" || bad "kinds: $(<"$work/err")"
    compare "every kind of value" "$work/kinds.e"
    [[ $(cut -d '"' -f 2 "$work/expected" | sort -u | wc -l) == 6 ]] && ok || bad "kinds: $(cut -d '"' -f 2 "$work/expected" | sort | uniq -c)"
    grep -qF '["sums","big",[],"18446744073709551615"]' "$work/got" && ok || bad "no number is as great as that"
    # So many that one state has registers, and the other still each value.
    tests/data/repeat_capture.py tests/data/web.pcap "$work/long.pcap" 15 30
    echo '@@net:bpf:any:*:"" { add_distinct(many, __pkt->number); add_distinct(few[__pkt->protocol], __pkt->len); } @@END { printf("%d", distinct(many)); }' >"$work/many.e"
    gather 3 "$work/long.pcap" "$work/many.e" || bad "many: $(<"$work/err")"
    compare "registers" "$work/many.e"
    [[ $(cat "$work/states"/*.pvs | zstdcat | grep -A 1 '"array":"many"' | grep -o '"hashes"\|"registers"' | sort | uniq -c | tr -d ' \n') == '2"hashes"1"registers"' ]] &&
        grep -q '^\["registers"' "$work/got" && ok || bad "not both are there: $(cat "$work/states"/*.pvs | zstdcat | cut -c1-80)"

    # --- what is there twice counts once; of one session the latest ---
    local top=scripts/top_talkers.e
    gather 3 tests/data/web.pcap $top
    cp "$work/states/1.pvs" "$work/states/copy.pvs"
    "$PROBEVUE" -q info=none --merge "$work/states/[12].pvs" --state-out "$work/states/both.pvs" $top
    compare "copies, and states in others" $top
    "$PROBEVUE" --merge "$work/states/[23].pvs" --state-out "$work/states/other.pvs" $top
    refuses ' have parts in common, and each has others' "states that overlap"
    gather 2 tests/data/web.pcap $top
    "$PROBEVUE" --merge "$work/states/*.pvs" $top | sort >"$work/printed"
    # An earlier one of the same session, as a live session tells them, with greater numbers than the latest; both in one file.
    zstdcat "$work/states/1.pvs" | sed 's/"v":/"v":9/' | zstd -q >"$work/early"
    zstdcat "$work/states/1.pvs" | sed 's/"sequence":0/"sequence":1/' | zstd -q >"$work/late"
    cat "$work/early" "$work/late" >"$work/states/1.pvs"
    ask "$(states_in "$work/states/*.pvs")" "@share/fleet/$engine.sql" "SELECT name, k, value FROM sums" |
        python3 -c 'import json, sys; [print(f"{name}[{k[0]}] = {value}") for name, k, value in map(json.loads, sys.stdin)]' | sort >"$work/got"
    same "the latest of one session" "$work/printed" "$work/got"

    # --- what is refused ---
    gather 2 tests/data/web.pcap $top
    rm "$work/states/2.pvs"
    refuses 'of 2 shards 1 are there' "a shard without the other"
    "$PROBEVUE" -q info=none -r tests/data/web.pcap --shard 1/2 --state-out "$work/states/again.pvs" $top
    refuses ' are both of shard 1/2 of one capture, by two runs' "a shard by two runs"
    gather 1 tests/data/web.pcap $top
    "$PROBEVUE" -q info=none -r tests/data/dns.pcap --state-out "$work/states/other.pvs" scripts/packet_sizes.e
    refuses 'these are states of 2 scripts' "states of two scripts"
    gather 1 tests/data/web.pcap scripts/handshake_time.e
    "$PROBEVUE" -q info=none -r tests/data/telnet.pcap --state-out "$work/states/other.pvs" scripts/handshake_time.e
    refuses 'tables by connection are of several captures' "tables of several captures"
    gather 1 tests/data/web.pcap "$work/kinds.e"
    cp "$work/states/1.pvs" "$work/whole"
    for part in 40 60 99; do
        head -c $(($(stat -c %s "$work/whole") * part / 100)) "$work/whole" >"$work/states/1.pvs"
        refuses 'is no whole state' "a state cut off at $part %"
    done
    zstdcat "$work/whole" | sed '/"192.0.2.3",/d; s/"v":140}/"v":1}/' | sed '5d' | zstd -q >"$work/states/1.pvs"
    refuses 'is no whole state' "a state without a line"
}
