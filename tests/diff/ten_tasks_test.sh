#!/usr/bin/env bash
# docs/ten-tasks.md: characters and ratios are what they say, no task is above the mark, and both columns give one answer.
# What a peer lacks here is told, line by line, and left out.
# usage: ten_tasks_test.sh [--update]    PROBEVUE: the program; --update writes the numbers into the page
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
page=docs/ten-tasks.md
probevue=$(realpath "${PROBEVUE:-build/release/probevue}")
root=$PWD
export TZ=UTC LC_ALL=C.UTF-8 NO_COLOR=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$probevue" "$work/bin/probevue"
export PATH=$work/bin:$PATH

# Of each row: table, question, capture, other tool, typed, Vue, typed, ratio; a bar that is no end of a cell has a backslash.
rows() {
    perl -ne 'if (/^<!-- (tasks|reports) -->/) { $table = $1; $rows = 0 } elsif (/^<!-- end/) { undef $table }
        next unless defined $table && /^\| / && $rows++; chomp; s/^\| | \|$//g;
        print join("\t", $table, map { s/^`(.*)`$/$1/r =~ s/\\\|/|/gr } split / \| /), "\n"' "$page"
}

ratio() { awk -v own="$2" -v other="$1" 'BEGIN { printf "%.2f", own / other }'; }

# The three numbers of each row.
update() {
    perl -i -pe 'if (/^<!-- (tasks|reports) -->/) { $on = 1 } elsif (/^<!-- end/) { $on = 0 }
        if ($on && /^\| .*`probevue /) {
            chomp; s/^\| | \|$//g; my @cell = split / \| /;
            my ($other, $own) = map { length($cell[$_] =~ s/^`(.*)`$/$1/r =~ s/\\\|/|/gr) } 2, 4;
            $_ = join(" | ", "| " . $cell[0], @cell[1, 2], $other, $cell[4], $own, sprintf("%.2f |\n", $own / $other));
        }' "$page"
}

# The answers, as lines `KEY COUNT`; what has no key is left out.
of_vue() {
    sed -nE 's/^n\[(.*)\] = (.*)/\1 \2/p; s/^d = .* p50=([0-9]+) p90=([0-9]+) p99=([0-9]+) .*/50 \1\n90 \2\n99 \3/p' |
        sed 's/, /,/g' | grep -vE '^( |0\.0\.0\.0 )' | sort
}
of_other() {
    case $1 in
    *endpoints*) awk '/^[0-9a-f.:]+ +[0-9]/ && $5 != 0 { print $1, $5 }' ;;
    *conv,tcp*)
        perl -ne 'next unless /^(\S+):(\d+) +<-> (\S+):(\d+) +(\d+) .*? (?:bytes|[kM]B) +(\d+) /;
            print "$3,$4,$1,$2 $5\n" if $5; print "$1,$2,$3,$4 $6\n" if $6'
        ;;
    *io,stat*) awk -F '[|<]' '/<>/ && $2 + 0 == $2 { split($0, cell, "|"); print $2 + 0, cell[3] + 0 }' ;;
    *http_req*) awk '/^ [^ ]/ && $2 + 0 == $2 { print $1, $2 }' ;;
    *datamash*) awk '{ print 50, $1; print 90, $2; print 99, $3 }' ;;
    *tcp.flags\|*) perl -ne 'print hex($2), " $1\n" if /(\d+) 0x(\w+)/' ;;
    *tcpdump*) awk '{ sub(/\.$/, "", $3); print $3, $1 }' ;;
    *uniq*) awk 'NF == 2 { print $2, $1 }' ;;
    esac | sort
}

# same VUE OTHER: counts are equal, quantiles as near as they promise
same() {
    if grep -q '^99 ' "$1" && [[ $(wc -l <"$1") == 3 ]]; then
        paste -d ' ' "$1" "$2" | awk '{ off = ($2 - $4) / $4; if ($1 != $3 || off > 1 / 128 || off < -1 / 128) bad = 1 } END { exit bad || NR != 3 }'
    else
        cmp -s "$1" "$2"
    fi
}

failed=0 compared=0 tasks=0
refuse() {
    echo "FAIL $1"
    failed=$((failed + 1))
}

# lacking COMMAND: the first of its programs that is not here
lacking() {
    local program
    for program in tshark tcpdump bpftrace datamash; do
        [[ "$1" != *$program* ]] || command -v "$program" >/dev/null || { echo "$program"; return; }
    done
}

# answers QUESTION CAPTURE OTHER VUE
answers() {
    local lacks vue=$4 said
    ln -sf "$root/tests/data/$2" "$work/f.pcap"
    said=$(cd "$work" && eval "probevue --check ${vue#probevue}" 2>&1)
    [[ -z $said ]] || refuse "$1: $said"
    if [[ $3 == bpftrace* && $2 != none ]]; then
        said=$(eval "probevue -r '$root/tests/data/$2' ${vue#probevue}" 2>&1)
        [[ $said == n\[* ]] || refuse "$1: $said"
    fi
    lacks=$(lacking "$3")
    if [[ -n $lacks ]]; then
        echo "skipped: $1: $lacks is not installed"
    elif [[ $3 == bpftrace* ]]; then
        # Without root, or with nothing to attach to, it says so: only what it says of the text counts.
        said=$(eval "timeout 60 bpftrace -d ${3#bpftrace}" 2>&1)
        [[ ! $said =~ syntax\ error|[Uu]nknown\ (function|identifier) ]] || refuse "$1: bpftrace: $said"
    else
        (cd "$work" && eval "$vue" 2>"$work/said") | of_vue >"$work/vue"
        (cd "$work" && eval "$3" 2>/dev/null) | of_other "$3" >"$work/other"
        compared=$((compared + 1))
        [[ ! -s $work/said ]] || refuse "$1: $(cat "$work/said")"
        [[ -s $work/vue ]] || refuse "$1: no answer"
        same "$work/vue" "$work/other" || refuse "$1:"$'\n'"$(diff "$work/vue" "$work/other" | head -n 6)"
    fi
}

[[ ${1:-} != --update ]] || update
while IFS=$'\t' read -r table question capture other other_typed vue vue_typed said; do
    [[ $other_typed == "${#other}" && $vue_typed == "${#vue}" && $said == "$(ratio ${#other} ${#vue})" ]] ||
        refuse "$question: ${#other} and ${#vue} characters, ratio $(ratio ${#other} ${#vue}); the page says $other_typed, $vue_typed, $said"
    if [[ $table == tasks ]]; then
        tasks=$((tasks + 1))
        ((2 * ${#vue} <= 3 * ${#other})) || refuse "$question: above 1.5 times the other tool"
    fi
    answers "$question" "$capture" "$other" "$vue" </dev/null
done < <(rows)

echo "$tasks tasks, $compared answers compared, $failed failed"
[[ $failed == 0 && $tasks == 10 ]]
