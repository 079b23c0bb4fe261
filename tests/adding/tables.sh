#!/usr/bin/env bash
# The tables with further rows: those that docs/architecture.md ("Adding things") shows, under other names, 100 events and 300
# fields. They are found before the tables of the tree where the folder is included from first.
# usage: tables.sh ROOT FOLDER
set -euo pipefail

root=$1 out=$2
events=100 fields=300
mkdir -p "$out/builtins"

# Rows of the page's code blocks that begin with the macro, with names that the tables do not have yet.
from_page() {
    sed -n '/^## Adding things$/,/^## Generated files$/p' "$root/docs/architecture.md" |
        awk -v macro="$1" '
            /^    / { line = substr($0, 5); if (index(line, macro "(") == 1) inside = 1; if (inside) print line; if (line ~ /\)$/) inside = 0; next }
            { inside = 0 }' |
        sed -E 's/tcp_reset_received/page_event/; s/net:tcp:reset_received/net:tcp:page_event/; s/HOOK\(reset_received/HOOK(page_hook/
                s/([ (,])udp_sendmsg/\1page_call/g; s/net:udp:sendmsg/net:udp:page_call/
                s/([ (,])truesize\b/\1page_field/g; s/\bwindow, u16/page_window, u16/'
}

# must_have MACRO: its rows on the page; without any, the page tells something else than this test does.
must_have() {
    local rows
    rows=$(from_page "$1")
    [[ -n $rows ]] || { echo "docs/architecture.md, \"Adding things\": no row $1" >&2; exit 1; }
    echo "$rows"
}

table() { cat "$root/builtins/$1"; }
generated() { for ((i = 0; i < $1; i++)); do printf "$2\n" $i $i $i; done; }
# Rows of a view stand together: behind its last one.
behind_last() { awk -v begin="$1" -v rows="$2" '{ line[NR] = $0; if (index($0, begin) == 1) last = NR } END { for (i = 1; i <= NR; i++) { print line[i]; if (i == last) print rows } }'; }

{
    table events.def
    must_have EVENT
    generated $events 'EVENT(generated_event_%d, "net:generated:event_%d", "a generated event, number %d")'
} >"$out/builtins/events.def"
{
    table hooks.def
    must_have HOOK
    must_have PAIR
    must_have PAIR_FIELD
    must_have PAIR_WHEN
    generated $events 'HOOK(generated_hook_%d, generated_event_%d, 0, tracepoint, tracepoint, "tcp_receive_reset", 1, roots(sock(0)), 6, none, interrupted, "generated, number %d")'
} >"$out/builtins/hooks.def"
{
    table event_fields.def
    must_have EVENT_FIELD
    generated $fields 'EVENT_FIELD(generated_field_%d, u64, 0, "a generated field, number %d of %d")'
} >"$out/builtins/event_fields.def"
table views.def | behind_last 'VIEW_FIELD(skb,' "$(must_have VIEW_FIELD)" |
    behind_last 'VIEW_FIELD(sock,' "$(generated $fields 'VIEW_FIELD(sock, generated_field_%d, "sock.generated_%d_%d", value)')" >"$out/builtins/views.def"
{
    table builtins_event.def
    must_have EVENT_MEMBER_EXTENSION
    generated $fields 'EVENT_MEMBER_EXTENSION(__generated, field_%d, u64, generated_field_%d, "generated, number %d")'
} >"$out/builtins/builtins_event.def"
{
    table builtins_packet.def
    must_have PACKET_MEMBER
} >"$out/builtins/builtins_packet.def"
