#!/usr/bin/env bash
# Names in payload, in each engine, against those that tshark found (tests/data/expected/names): questions of DNS, servers
# of TLS, hosts, methods, paths and answers of HTTP. The same behind tags, labels, PPPoE, SNAP, cooked and raw.
# usage: payload_names_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Filters know no tags; ports of __pkt do. tshark has the name of a server with the last segment of the hello, which has none.
cat >"$work/names.e" <<'SCRIPT'
@@net:bpf:any:*:"" when (__pkt->src_port == 53 || __pkt->dst_port == 53)
{
    String name[255];
    name = dns_name(__pkt->payload, __pkt->payload_len);
    if (name != "") printf("dns\t%d\t%s\n", __pkt->number, name);
}
@@net:bpf:any:tcp:"" when (__pkt->src_port == 80 || __pkt->dst_port == 80 || __pkt->src_port == 8080 || __pkt->dst_port == 8080)
{
    String method[16], status[3];
    method = http_field(__pkt->payload, __pkt->payload_len, ":method");
    status = http_field(__pkt->payload, __pkt->payload_len, ":status");
    if (method != "" || status != "")
        printf("http\t%d\t%s\t%s\t%s\t%s\n", __pkt->number, http_field(__pkt->payload, __pkt->payload_len, "host"), method,
               http_field(__pkt->payload, __pkt->payload_len, ":path"), status);
}
@@net:bpf:any:tcp:"" when (__pkt->dst_port == 443)
{
    String server[255];
    server = tls_sni(__pkt->payload, __pkt->payload_len);
    if (server != "") printf("tls\t%d\t%s\n", __pkt->src_port, server);
}
SCRIPT

failed=0 names=0 compared=0
# Without numbers in forms that leave ARP out; what has no number of a packet is the same there.
sorted() { if [[ $1 =~ ^(raw|mpls|pppoe)$ ]]; then sed -E '/^(dns|http)/s/\t[0-9]+//' | sort; else sort; fi; }
# compare CAPTURE AS FILE
compare() {
    local engine
    for engine in jit interp; do
        compared=$((compared + 1))
        "$probevue" --engine "$engine" -r "$3" "$work/names.e" 2>"$work/messages" | sorted "$2" >"$work/printed"
        if ! diff <(sorted "$2" <"tests/data/expected/names/$1.tsv") "$work/printed" >"$work/difference"; then
            echo "FAIL $1, $2, $engine: < tshark, > here"
            head -n 8 "$work/difference" "$work/messages"
            failed=$((failed + 1))
        fi
    done
}

for expected in tests/data/expected/names/*.tsv; do
    capture=${expected##*/}
    capture=${capture%.tsv}
    names=$((names + $(wc -l <"$expected")))
    compare "$capture" "as it is" "tests/data/$capture"
    [[ $capture == *.pcap ]] || continue
    for form in vlan qinq cooked cooked2 raw mpls pppoe snap; do
        python3 tests/data/forms.py "tests/data/$capture" "$form" "$work/capture.$form"
        compare "$capture" "$form" "$work/capture.$form"
    done
done

echo "$names names, $compared times compared, $failed failed"
[[ $failed == 0 && $names -ge 100 && $compared -ge 50 ]]
