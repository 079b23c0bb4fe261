#!/usr/bin/env bash
# Every script that people run as it is has a test in scripts/tests, and a first comment that says what the index needs, and what is
# true wherever the script lies: a sentence of one line, a topic, and how to run it by its name.
# usage: scripts.sh [ROOT]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

longest=76 # characters of the sentence: with the longest name a line of `probevue --scripts` stays below 100
problems=0
refuse() {
    echo "$1"
    problems=$((problems + 1))
}

# head_of SCRIPT: the text of its first comment
head_of() { awk '/^\/\*/ { on = 1; next } on && /^ \*\// { exit } on { sub(/^ \* ?/, ""); print }' "$1"; }

for script in scripts/*.e; do
    [[ -e $script ]] || continue
    grep -rqE "^run: probevue (.* )?\.\./${script##*/}( |\$)" --include='*.test' scripts/tests 2>/dev/null ||
        refuse "$script: no test in scripts/tests runs it"

    name=$(basename "$script" .e)
    head=$(head_of "$script")
    sentence=$(sed '/^$/,$d' <<<"$head" | tr '\n' ' ' | sed 's/\. .*//')
    [[ -n $sentence ]] || refuse "$script: its first comment does not say what it answers"
    ((${#sentence} <= longest)) || refuse "$script: the first sentence has ${#sentence} characters, more than $longest: $sentence"
    [[ $(grep -cE '^topic: +[^ ]' <<<"$head") == 1 ]] || refuse "$script: its first comment has no line \"topic: ...\""
    grep -qE "^live: +probevue (.* )?$name( |\$)" <<<"$head" || refuse "$script: its first comment has no line \"live: probevue $name\""
    ! grep -nE '(scripts|tests)/' <<<"$head" || refuse "$script: its first comment names a path that is not there when it is installed"
    while read -r capture rest; do
        [[ $rest == "$name" || $rest == "$name "* ]] || refuse "$script: replays $rest"
        [[ -e tests/data/$capture || -e tests/data/made/$capture ]] || refuse "$script: replays $capture, which is not in tests/data"
    done < <(sed -nE 's/^replay: +probevue -r //p' <<<"$head")
done
[[ $problems == 0 ]]
