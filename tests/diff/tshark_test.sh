#!/usr/bin/env bash
# Every packet of every good capture: each clause that may name a member of a header variable prints it, in both
# engines, and tests/data/expected holds what tshark found. Which clauses fire is compared too.
# usage: tshark_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The script comes from the program's own listing: a clause a protocol, in it every member that the protocol fills. DTrace's
# names of the same headers are compared with tshark by live_ip, whose packets are by live_packet_owner_files.
make_script() {
    "$probevue" -l '@@net:bpf:any:*' -v | awk '
        $1 ~ /^__[a-z0-9]+->/ && $1 !~ /^__(pkt|group|inner|owner|ipinfo|ipv4info|ipv6info)->/ {
            protocols = $0
            sub(/.*\(/, "", protocols)
            sub(/\).*/, "", protocols)
            count = split(protocols, names, ", ")
            specifier = $2 == "ip_addr_t" ? "%I" : $2 == "mac_addr_t" ? "%M" : "%u"
            label = $1
            sub(/->/, ".", label)
            for (i = 1; i <= count; ++i) {
                clause[names[i]] = clause[names[i]] sprintf("    printf(\"%%d\\t%s\\t%s\\t%s\\n\", packet, %s);\n",
                    names[i], label, specifier, $1)
            }
        }
        END {
            print "int packet;\n@@net:bpf:any:*:\"\" { packet++; }"
            for (name in clause) printf "@@net:bpf:any:%s:\"\"\n{\n%s}\n", name, clause[name]
            print "@@END { printf(\"packets\\t%d\\n\", packet); }"
        }'
}

# compare EXPECTED PRINTED: says what differs, at most ten lines; the last line is `values N`
compare() {
    awk -F '\t' '
        function complain(text) { if (++complaints <= 10) print "    " text; }
        function is_zero(text) { return text !~ /[^0.:]/ }
        # Messages of MLD are some of those of ICMPv6.
        function header_of(member) {
            sub(/\..*/, "", member)
            return member == "__mld" ? "__icmp6" : member
        }
        # The header that a protocol is about: when it is there, the clause fires.
        function own(protocol) {
            if (protocol == "ether" || protocol == "tcp" || protocol == "udp") return "__" protocol "hdr"
            if (protocol ~ /arp$/) return "__arphdr"
            if (protocol ~ /^ipv/) return "__ip" substr(protocol, 4) "hdr"
            return protocol == "icmp4" ? "__icmp" : "__" protocol
        }
        BEGIN { type_of["ipv4"] = 2048; type_of["ipv6"] = 34525; type_of["arp"] = 2054 }
        FNR == 1 { ++file }
        file == 1 && FNR == 1 { for (i = 2; i <= NF; ++i) { title[i] = $i; known[$i] = 1 } next }
        file == 1 {
            ++packets
            for (i = 2; i <= NF; ++i) {
                expected[$1, title[i]] = $i
                if ($i != "") { header = header_of(title[i]); there[$1, header] = 1; ++wanted }
            }
            next
        }
        $1 == "packets" { if ($2 != packets) complain($2 " packets, tshark finds " packets); next }
        {
            header = header_of($3)
            if (!($3 in known)) complain($3 " has no expected values")
            is_own = header == own($2)
            if (is_own && !(($1, header) in there) && !(cooked && header == "__etherhdr")) complain("packet " $1 ": clause " $2 " fires, tshark finds no such header")
            want = expected[$1, $3]
            ++values
            if (is_own && want != "" && !(($1, $3) in seen)) { seen[$1, $3] = 1; ++found }
            # A Linux cooked header holds the type of the payload; for tshark that is no Ethernet.
            if (want == "" && $3 == "__etherhdr.ether_type" && cooked) {
                if ($2 in type_of && $4 != type_of[$2]) complain("packet " $1 ", clause " $2 ": " $3 " is " $4)
                next
            }
            if (want == "" ? !is_zero($4) : $4 != want) complain("packet " $1 ", clause " $2 ": " $3 " is " $4 ", tshark says " (want == "" ? "nothing" : want))
        }
        END {
            if (found != wanted) complain((wanted - found) " values were not printed by a clause on their protocol")
            print "values " values + 0
            exit complaints > 0
        }' cooked="$([[ $1 == *link-sll* ]] && echo 1)" "$1" "$2"
}

# What there is of each packet, against expected/frames: number, captured, on the wire, interface. tshark 4.0 looks up
# the names of interfaces in the first section of a file only.
cat >"$work/lengths.e" <<'SCRIPT'
@@net:bpf:any:*:"" { printf("%d\t%d\t%d\t%s\n", __pkt->number, __pkt->caplen, __pkt->len, __pkt->ifname); }
SCRIPT

# Members of __pkt, against expected/pkt; of the payload its first eight bytes, where so many were captured.
cat >"$work/pkt.e" <<'SCRIPT'
int packet;
unsigned long long first;
@@net:bpf:any:*:""
{
    packet++;
    first = 0;
    if (__pkt->payload != 0) { copy_kdata(__pkt->payload, first); }
    printf("%d\t%d\t%d\t%d\t%d\t%d\t", packet, __pkt->vlan, __pkt->vlan_inner, __pkt->vlan_prio, __pkt->vlan_tags, __pkt->encap);
    printf("%d\t%I\t%I\t%d\t%d\t%d\t", __pkt->ip_version, __pkt->src_addr, __pkt->dst_addr, __pkt->ttl, __pkt->dscp, __pkt->ecn);
    printf("%d\t%d\t%d\t%d\t%016llx\t%d\n", __pkt->protocol, __pkt->src_port, __pkt->dst_port, __pkt->payload_len, first, __pkt->direction);
}
SCRIPT
# compare_pkt EXPECTED PRINTED: the same for these; `-` in a column: tshark does not say
compare_pkt() {
    awk -F '\t' '
        function complain(text) { if (++complaints <= 10) print "    " text; }
        FNR == 1 { ++file }
        file == 1 && FNR == 1 { for (i = 2; i <= NF; ++i) title[i] = $i; columns = NF; next }
        file == 1 { ++packets; for (i = 2; i <= NF; ++i) expected[$1, i] = $i; next }
        {
            ++printed
            for (i = 2; i <= columns; ++i) {
                if (expected[$1, i] == "-") continue
                ++values
                if (expected[$1, i] != $i) complain("packet " $1 ": __pkt->" title[i] " is " $i ", tshark says " expected[$1, i])
            }
        }
        END {
            if (printed != packets) complain(printed " packets, tshark finds " packets)
            print "values " values + 0
            exit complaints > 0
        }' "$1" "$2"
}

# Members of __inner, against expected/inner, which has the packets with a packet in them; of all others all are zero.
cat >"$work/inner.e" <<'SCRIPT'
int packet;
@@net:bpf:any:*:""
{
    packet++;
    printf("%d\t%d\t%u\t%d\t%I\t%I\t", packet, __inner->kind, __inner->vni, __inner->ip_version, __inner->src_addr, __inner->dst_addr);
    printf("%d\t%d\t%d\t%d\n", __inner->protocol, __inner->src_port, __inner->dst_port, __inner->len);
}
SCRIPT
# Members of __group, against expected/groups, and what the functions say of the records: each once.
cat >"$work/groups.e" <<'SCRIPT'
int packet;
ip_addr_t addr;
@@net:bpf:any:*:"" { packet++; }
@@net:bpf:any:group:""
{
    printf("%d\t%d\t%d\t%d\t%I\n", packet, __group->number, __group->type, __group->sources, __group->addr);
    if (__igmp->records > 0) {
        addr = igmp_group(__group->number);
        if (addr != __group->addr or igmp_record(__group->number) != __group->type or igmp_sources(__group->number) != __group->sources) { printf("IGMP %I\n", addr); }
    }
    if (__mld->records > 0) {
        addr = mld_group(__group->number);
        if (addr != __group->addr or mld_record(__group->number) != __group->type or mld_sources(__group->number) != __group->sources) { printf("MLD %I\n", addr); }
    }
}
SCRIPT

none=$'0\t0\t0\t0.0.0.0\t0.0.0.0\t0\t0\t0\t0'
# with_inner PRINTED: what is not all zero
with_inner() { grep -v -P "^\d+\t${none//./\\.}\$" "$1"; }

make_script >"$work/all.e"
clauses=$(grep -c '^@@' "$work/all.e")
members=$(grep -o '__[a-z0-9]*->[a-z0-9_]*' "$work/all.e" | sort -u | wc -l)
columns=$(awk -F '\t' '{ print NF - 1; exit }' tests/data/expected/web.pcap.tsv)
failed=0 captures=0 values=0 pkt_values=0 inner_packets=0 groups=0
if [[ $clauses != 13 || $members != "$columns" ]]; then
    echo "FAIL the listing has $clauses clauses and $members members; 13 and $columns were expected"
    failed=1
fi
while read -r expected; do
    capture=${expected#tests/data/expected/}
    capture=${capture%.tsv}
    captures=$((captures + 1))
    for engine in jit interp; do
        if ! "$probevue" --engine "$engine" -r "tests/data/$capture" "$work/all.e" >"$work/printed" 2>"$work/messages"; then
            echo "FAIL $capture, $engine: $(head -n 3 "$work/messages")"
            failed=$((failed + 1))
            continue
        fi
        if ! compare "$expected" "$work/printed" >"$work/compared"; then
            echo "FAIL $capture, $engine"
            sed '$d' "$work/compared"
            failed=$((failed + 1))
        fi
        frames=tests/data/expected/frames/$capture.tsv
        told=1,3,4,5
        [[ $capture != */sections.pcapng && $capture != */packed.pcapng.gz ]] || told=1,3,4
        if [[ -f $frames ]] && ! diff <(tail -n +2 "$frames" | cut -f "$told") \
            <("$probevue" --engine "$engine" -r "tests/data/$capture" "$work/lengths.e" 2>/dev/null |
                cut -f "1-$((${#told} / 2 + 1))") >"$work/compared.lengths"; then
            echo "FAIL $capture, $engine: lengths"
            head -n 5 "$work/compared.lengths"
            failed=$((failed + 1))
        fi
        of_pkt=tests/data/expected/pkt/$capture.tsv
        if [[ -f $of_pkt ]]; then
            "$probevue" --engine "$engine" -r "tests/data/$capture" "$work/pkt.e" >"$work/printed.pkt" 2>"$work/messages"
            if ! compare_pkt "$of_pkt" "$work/printed.pkt" >"$work/compared.pkt"; then
                echo "FAIL $capture, $engine: __pkt"
                sed '$d' "$work/compared.pkt"
                failed=$((failed + 1))
            fi
            pkt_values=$((pkt_values + $(sed -n '$s/values //p' "$work/compared.pkt")))
        fi
        if ! "$probevue" --engine "$engine" -r "tests/data/$capture" "$work/inner.e" >"$work/printed.inner" 2>"$work/messages" ||
            ! diff <(tail -q -n +2 "tests/data/expected/inner/$capture.tsv" 2>/dev/null) <(with_inner "$work/printed.inner") >"$work/compared.inner"; then
            echo "FAIL $capture, $engine: __inner: $(head -n 3 "$work/messages")"
            head -n 10 "$work/compared.inner"
            failed=$((failed + 1))
        fi
        if ! "$probevue" --engine "$engine" -r "tests/data/$capture" "$work/groups.e" >"$work/printed.groups" 2>"$work/messages" ||
            ! diff <(tail -q -n +2 "tests/data/expected/groups/$capture.tsv" 2>/dev/null) "$work/printed.groups" >"$work/compared.groups"; then
            echo "FAIL $capture, $engine: __group: $(head -n 3 "$work/messages")"
            head -n 10 "$work/compared.groups"
            failed=$((failed + 1))
        fi
        groups=$((groups + $(wc -l <"$work/printed.groups")))
        inner_packets=$((inner_packets + $(with_inner "$work/printed.inner" | wc -l)))
        values=$((values + $(sed -n '$s/values //p' "$work/compared")))
    done
done < <(find tests/data/expected -name '*.tsv' -not -path '*/frames/*' -not -path '*/pkt/*' -not -path '*/inner/*' -not -path '*/groups/*' -not -path '*/names/*' | sort)

echo "$captures captures, $members members, $values values compared and $pkt_values of __pkt, $inner_packets packets in packets, $groups groups, $failed failed"
[[ $failed == 0 && $captures -ge 55 && $values -ge 100000 && $pkt_values -ge 30000 && $inner_packets -ge 220 && $groups -ge 800 ]]
