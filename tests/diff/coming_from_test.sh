#!/usr/bin/env bash
# Every line under "Vue" in docs/coming-from.md compiles, without a warning; scripts that it names are there and compile.
# usage: coming_from_test.sh    PROBEVUE: the program
set -uo pipefail
cd "$(dirname "$0")/../.."
probevue=${PROBEVUE:-build/release/probevue}

# The last cell of each row, its pieces of code with a tabulator between them; a bar that is no end of a cell has a backslash.
rows() {
    perl -ne 'next unless s/^\| (`|\S)/$1/; next if /^.*\| Vue \|$/; chomp; s/ \|$//; my $cell = (split / \| /)[-1];
        print join("\t", map { s/\\\|/|/gr } $cell =~ /`([^`]*)`/g), "\n"' docs/coming-from.md
}

failed=0 scripts=0 clauses=0 values=0
while IFS=$'\t' read -r code value more; do
    arguments=()
    if [[ $code == scripts/*.e ]]; then
        scripts=$((scripts + 1))
        # Its head says what it takes: live:  probevue NAME ARGUMENT...   until Ctrl-C
        mapfile -t arguments < <(sed -nE 's|^ \* live: +probevue [^ ]+ ([^ ].*[^ ])   .*|\1|p' "$code" | xargs -r printf '%s\n')
        script=("$code")
    elif [[ -n $value ]]; then
        values=$((values + 1))
        script=(-e "$code { trace($value); }")
    else
        clauses=$((clauses + 1))
        script=(-e "$code")
    fi
    said=$("$probevue" --check "${script[@]}" "${arguments[@]}" 2>&1)
    status=$?
    if [[ $status != 0 || -n $said || -n $more ]]; then
        echo "status $status: $code $value $more: $said"
        failed=$((failed + 1))
    fi
done < <(rows)
echo "$clauses lines, $values values, $scripts scripts: $failed failed"
[[ $failed == 0 && $clauses -gt 20 && $values -gt 40 && $scripts -gt 10 ]]
