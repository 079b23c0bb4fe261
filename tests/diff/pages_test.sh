#!/usr/bin/env bash
# The pages show what really happens: every command in a ```console block is run, and must print what stands below it.
#
#     $ command           standard output and standard error are compared; `> ` continues a command
#     ...                 any lines
#
# A block that opens with ```c file=NAME (or ```text) is a file of that name for the commands below it. They run in an empty folder that
# has `tests` and `scripts` of the source tree, without privilege, in UTC.
#
# usage: pages_test.sh [--update] [PAGE...]    --update writes what the commands print into the pages
set -uo pipefail
cd "$(dirname "$0")/../.."

update=0
[[ ${1:-} != --update ]] || { update=1; shift; }
pages=("$@")
((${#pages[@]} > 0)) || pages=(README.md docs/tutorial.md docs/language.md docs/one-liners.md docs/testing-scripts.md docs/state-format.md)

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$PROBEVUE" "$work/bin/probevue"

passed=0 failed=0

# as_pattern TEXT: a pattern of the shell in which only lines `...` stand for anything
as_pattern() {
    local line out=""
    while IFS= read -r line; do
        if [[ $line == ... ]]; then out+='*'; else out+=$(printf '%q' "$line")$'\n'; fi
    done <<<"$1"
    printf '%s' "$out"
}

# run_command COMMAND EXPECTED; leaves what was printed in $got
run_command() {
    got=$(cd "$work/here" && env -i PATH="$work/bin:$PATH" HOME="$work" TZ=UTC LC_ALL=C.UTF-8 TERM=dumb bash -c "$1" 2>&1 </dev/null)
    ((update == 0)) || { [[ $2 != *...* ]] || got=$2; return; }
    local line matched=0 pattern
    if [[ $'\n'$2$'\n' == *$'\n...\n'* ]]; then
        pattern=$(as_pattern "$2")
        # shellcheck disable=SC2053,SC2254
        eval "case \$got\$'\n' in $pattern) matched=1 ;; esac"
    elif [[ $got == "$2" ]]; then
        matched=1
    fi
    if ((matched)); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s: $ %s\n' "$page" "$1"
        diff <(printf '%s\n' "$2") <(printf '%s\n' "$got") | sed 's/^/    /'
    fi
}

# flush: the command that has been read, with its output
flush() {
    [[ -n $command ]] || return
    run_command "$command" "${expected%$'\n'}"
    out+=$shown
    [[ -z $got ]] || out+=$got$'\n'
    command="" expected="" shown=""
}

for page in "${pages[@]}"; do
    rm -rf "$work/here"
    mkdir "$work/here"
    ln -s "$root/tests" "$root/scripts" "$work/here/"
    out="" command="" expected="" shown="" block="" file="" before=$((passed + failed))
    while IFS= read -r line; do
        case $block in
        "")
            out+=$line$'\n'
            case $line in
            '```console') block=console ;;
            '```c file='* | '```text file='*) block=file file=$work/here/${line#*file=} && : >"$file" ;;
            esac
            ;;
        file)
            out+=$line$'\n'
            if [[ $line == '```' ]]; then block=""; else printf '%s\n' "$line" >>"$file"; fi
            ;;
        console)
            if [[ $line == '```' ]]; then
                flush
                out+=$line$'\n' block=""
            elif [[ $line == '$ '* ]]; then
                flush
                command=${line:2} shown=$line$'\n'
            elif [[ $line == '> '* && -z $expected ]]; then
                command+=$'\n'${line:2} shown+=$line$'\n'
            else
                expected+=$line$'\n'
            fi
            ;;
        esac
    done <"$page"
    if ((update)); then
        printf '%s' "$out" >"$page"
    elif ((passed + failed == before)); then
        echo "$page: shows no command"
        failed=$((failed + 1))
    fi
done

((update)) || echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
