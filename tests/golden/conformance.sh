#!/usr/bin/env bash
# Writes docs/conformance.md: every statement of the language and of the command that has a case, from the heads of the
# cases (tests/golden/case.h), and those of vue/elsewhere.txt, which no case can show.
# vue/checklist.txt names the tests of each item of the language description's checklist; a name that is no test is an error.
# usage: tests/golden/conformance.sh [--check]     --check: only say whether the page is up to date
#
# In a head, besides the keys that the runner knows:
#     // differs: why        works, otherwise than on AIX
#     // absent: why         has no meaning on Linux; the case shows what is said about it
#     // extension: why      AIX has no such thing, or does not promise it
set -euo pipefail
cd "$(dirname "$0")/../.."

page=docs/conformance.md
elsewhere=tests/golden/vue/elsewhere.txt
checklist=tests/golden/vue/checklist.txt

# section <TAB> statement <TAB> state <TAB> case, for every case and every line of elsewhere.txt
statements() {
    find tests/golden/vue tests/errors/vue \( -name '*.e' -o -name '*.case' \) -print | LC_ALL=C sort | while read -r file; do
        [[ $file == *.e && -e ${file%.e}.case ]] && continue
        awk -v file="$file" '
            !/^\/\/ / && !/^#!/ && NF { exit }
            { value = $0; sub(/^\/\/ [A-Za-z]+: */, "", value) }
            /^\/\/ CLAIM: / { claim = value }
            /^\/\/ SPEC: / { spec = value }
            /^\/\/ differs: / { state = "differs: " value }
            /^\/\/ absent: / { state = "not on Linux: " value }
            /^\/\/ extension: / { state = "works (extension: " value ")" }
            END {
                if (claim == "" || spec == "") { print file ": no claim or no section" > "/dev/stderr"; exit 1 }
                print spec "\t" claim "\t" (state == "" ? "works" : state) "\t" file
            }' "$file"
    done
    awk -F ' *[|] *' '!/^#/ && NF { print $1 "\t" $2 "\t" $3 "\t" }' "$elsewhere"
}

# find_cases PATTERN: the cases that it means, one a line
find_cases() {
    local pattern=$1
    [[ $pattern == */* ]] || pattern="*/vue/*/$pattern"
    find tests/golden/vue tests/errors/vue \( -path "*/$pattern.e" -o -path "*/$pattern.case" \) | sed -E 's/\.(e|case)$//' | sort -u
}

# The table of the checklist: how many cases tick an item, by their patterns, and the other tests.
write_checklist() {
    printf '\n## The checklist\n\nThe items of the checklist of the language description, and the tests that tick them.\n\n'
    printf '| item | cases | tests |\n|---|---|---|\n'
    local item names name cases shown
    while IFS='|' read -r item names; do
        [[ -n ${item// /} && $item != '#'* ]] || continue
        cases="" shown=""
        set -f
        for name in $names; do
            shown+="${shown:+, }\`$name\`"
            if [[ $name == tests/* ]]; then
                [[ -e $name ]] || { echo "$checklist: there is no $name" >&2; return 1; }
                continue
            fi
            found=$(find_cases "$name")
            [[ -n $found ]] || { echo "$checklist: no case is named $name" >&2; return 1; }
            cases+="$found"$'\n'
        done
        set +f
        printf '| %s | %d | %s |\n' "${item% }" "$(sort -u <<<"$cases" | grep -c .)" "$shown"
    done <"$checklist"
}

write_page() {
    write_statements
    write_checklist
}

write_statements() {
    statements | LC_ALL=C sort -t $'\t' -s -k1,1V | awk -F '\t' '
        function title(section,   at) {
            at = index(section, ".")
            return at ? substr(section, 1, at - 1) : section
        }
        function cell(text) { gsub(/\|/, "\\|", text); return text }
        function name(file) { sub(/^tests\//, "", file); sub(/\.(e|case)$/, "", file); return file }
        BEGIN {
            titles[1] = "Script structure and lexical rules"; titles[2] = "Types"; titles[3] = "Variables"
            titles[4] = "Predicates"; titles[5] = "Library functions"; titles[6] = "Probe managers"
            titles[7] = "The command"; titles[8] = "Output formats"; titles[9] = "Real scripts"
        }
        {
            row[NR] = $0; chapter = title($1); chapters[chapter] = 1
            kind = $3 ~ /^differs/ ? "differs" : $3 ~ /^not on Linux/ ? "absent" : "works"
            count[chapter, kind]++; total[kind]++
        }
        END {
            print "# Conformance to Vue of AIX ProbeVue\n"
            print "Every statement about the language and the command that a test shows, by the section of the language description;"
            print "generated from the tests by `tests/golden/conformance.sh`. *differs* says how and why; *not on Linux* is what has no"
            print "meaning here: the compiler says so in a sentence of its own, at its place in the script.\n"
            print "| section | works | differs | not on Linux |\n|---|---|---|---|"
            for (c = 1; c <= 9; ++c) if (c in chapters)
                printf "| %d. %s | %d | %d | %d |\n", c, titles[c], count[c, "works"], count[c, "differs"], count[c, "absent"]
            printf "| all | %d | %d | %d |\n", total["works"], total["differs"], total["absent"]
            last = ""
            for (i = 1; i <= NR; ++i) {
                split(row[i], field, "\t")
                chapter = title(field[1])
                if (chapter != last) printf "\n## %s. %s\n\n| section | statement | state | test |\n|---|---|---|---|\n", chapter, titles[chapter]
                last = chapter
                printf "| %s | %s | %s | %s |\n", field[1], cell(field[2]), cell(field[3]), field[4] == "" ? "" : "`" name(field[4]) "`"
            }
        }'
}

if [[ ${1:-} == --check ]]; then
    write_page | diff -q - "$page" >/dev/null || {
        echo "$page is out of date: run tests/golden/conformance.sh"
        exit 1
    }
else
    write_page >"$page"
fi
