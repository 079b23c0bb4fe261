#!/usr/bin/env bash
# Scripts by name: which file a name means, --scripts and --show; each bundled script runs as its comment says.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
root=$(pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC NO_COLOR=1
unset PROBEVUE_SCRIPTS
mkdir "$work"/{here,mine,yours}
passed=0 failed=0

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}

# expect WHAT STATUS OUTPUT ERRORS ARGUMENT...: in the folder here; patterns of the shell, for the whole of either stream
expect() {
    local what=$1 status=$2 out=$3 err=$4 got
    shift 4
    (cd "$work/here" && timeout 30 "$PROBEVUE" "$@" >"$work/out" 2>"$work/err" </dev/null)
    got=$?
    # shellcheck disable=SC2053
    [[ $got == "$status" && $(<"$work/out") == $out && $(<"$work/err") == $err ]]
    result $? "$what: exit status $got: $(head -c 300 "$work/out") $(head -c 600 "$work/err")"
}

# script FILE TEXT: a script that prints the text and its arguments
script() { printf '/* Says %s. Nothing else.\n *\n * topic: %s\n */\n@@BEGIN { printf("%s\\n"); exit(); }\n' "$2" "${3:-sayings}" "$2" >"$1"; }

# --- which file a name means ----------------------------------------------------------------------------------------

capture=$root/tests/data/web.pcap
"$PROBEVUE" -r "$capture" scripts/top_talkers.e >"$work/talkers"
talkers=$(sed 's/[][]/\\&/g' "$work/talkers")
expect "a name" 0 "$talkers" '' -r "$capture" top_talkers
expect "a name with .e" 0 "$talkers" '' -r "$capture" top_talkers.e
ends=('"192.0.2.2"' 45438 '"192.0.2.3"' 8080)
"$PROBEVUE" -r "$capture" scripts/connection_bytes.e "${ends[@]}" >"$work/bytes"
expect "arguments behind a name" 0 "$(<"$work/bytes")" '' -r "$capture" connection_bytes "${ends[@]}"
expect "arguments that are missing: the path is in the message" 2 '' "$root/scripts/connection_bytes.e:*error: *" -r "$capture" connection_bytes
expect "--check with a name" 0 '' '' --check top_talkers
expect "-l with a name" 0 '*bpf*__pkt->src_addr*' '' -l top_talkers
expect "-l with a name and .e" 0 '*bpf*__pkt->src_addr*' '' -l top_talkers.e

script "$work/here/top_talkers.e" "not this one"
expect "NAME.e here is not meant by NAME" 0 "$talkers" '' -r "$capture" top_talkers
expect "NAME.e here is meant by NAME.e" 0 "not this one" '' -r "$capture" top_talkers.e
script "$work/here/top_talkers" "a file here"
expect "a file named so is that file" 0 "a file here" '' -r "$capture" top_talkers
(cd "$work/here" && "$PROBEVUE" --show top_talkers) | cmp - "$work/here/top_talkers"; result $? "--show of a file"
rm "$work/here/top_talkers"
ln -s nowhere "$work/here/top_talkers"
expect "a link that leads nowhere is meant all the same" 2 '' 'probevue: error: cannot read script `top_talkers`: No such file or directory*hint: probevue --scripts lists*' top_talkers
rm "$work/here/top_talkers"
mkdir "$work/here/top_talkers" "$work/here/folder"
expect "a folder is no script" 0 "$talkers" '' -r "$capture" top_talkers
expect "a folder and no script of that name" 2 '' 'probevue: error: cannot read script `folder`: Is a directory*hint: probevue --scripts lists*' folder
expect "a name with a slash is no name" 2 '' 'probevue: error: cannot read script `./tls_names`: No such file or directory*hint: probevue --scripts lists*' ./tls_names
expect "nor one that leads elsewhere" 2 '' 'probevue: error: cannot read script `../scripts/tls_names`: No such file or directory*hint: probevue --scripts lists*' ../scripts/tls_names

# --- PROBEVUE_SCRIPTS -----------------------------------------------------------------------------------------------

script "$work/mine/mine.e" "mine"
script "$work/mine/both.e" "mine first" "other sayings"
script "$work/yours/both.e" "yours"
script "$work/yours/tls_names.e" "yours before those that came along"
printf '#!/usr/bin/env probevue\n#VUE_SCRIPT_ARGS 7\n// Says a number: 1.5 of it. Or more.\n@@BEGIN { printf("%%d\\n", $1); exit(); }\n' >"$work/yours/number.e"
echo '@@BEGIN { printf("bare\n"); exit(); }' >"$work/yours/bare.e"
echo 'no script' >"$work/yours/notes.txt"
mkdir "$work/yours/folder.e"
expect "without it they have no name" 2 '' '*there is no script `mine`*' mine
export PROBEVUE_SCRIPTS=$work/nowhere::$work/mine:$work/yours
expect "a folder of it" 0 "mine" '' mine
expect "the first of two" 0 "mine first" '' both
expect "before those that came along" 0 "yours before*" '' tls_names
expect "those that came along are still there" 0 "$talkers" '' -r "$capture" top_talkers
expect "a script's own arguments" 0 7 '' number
expect "arguments of the command line" 0 5 '' number 5
expect "a folder NAME.e is no script" 2 '' 'probevue: error: cannot read script `folder`: Is a directory*hint: probevue --scripts lists*' folder
[[ $(printf '.load both\n' | "$PROBEVUE" -i 2>&1) == *'mine first'* ]]; result $? ".load of a name"
[[ $(printf '.load nuber\n' | "$PROBEVUE" -i 2>&1) == *'there is no script `nuber`'*'did you mean `number`'* ]]; result $? ".load of none"
[[ $(printf '.help\n' | "$PROBEVUE" -i 2>&1) == *'.load SCRIPT '*'add the clauses of a script: a file, or a name'* ]]; result $? ".help: .load"
[[ $("$PROBEVUE" -i both 2>&1 </dev/null) == *'mine first'* ]]; result $? "-i with a name"
"$PROBEVUE" --show both | cmp - "$work/mine/both.e"; result $? "--show of one of them"
expect "an unknown name: where it was looked for, and what was meant" 2 '' \
    "probevue: error: there is no script \`nuber\`: no such file here, and no \`nuber.e\` in $work/nowhere, $work/mine, $work/yours, $root/scripts
hint: did you mean \`number\`? probevue --scripts lists those that have a name" nuber
"$PROBEVUE" --scripts >"$work/index"
[[ $(grep -c '^  both ' "$work/index") == 1 ]] && grep -qE '^  both +Says mine first$' "$work/index"; result $? "--scripts: one of two, the one that runs"
grep -qE '^  number +Says a number: 1.5 of it$' "$work/index"; result $? "--scripts: a comment of //"
sed -n '/^without a topic$/,/^$/p' "$work/index" | grep -qx '  bare'; result $? "--scripts: a script that says nothing"
[[ $(sed -n '/^other sayings$/{n;p}' "$work/index") == '  both '* ]]; result $? "--scripts: a topic"
! grep -qE 'notes|folder' "$work/index"; result $? "--scripts: nothing that is no script"
expect "no name is known at all: the word is in none" 2 '' 'probevue: error: no script has `zebra` in its name, topic or line
hint: probevue --scripts lists all scripts' --scripts zebra
unset PROBEVUE_SCRIPTS

# A program that has no scripts with it looks where they would be, and in no other folder above.
mkdir -p "$work/alone/a/bin" "$work/alone/scripts"
cp "$PROBEVUE" "$work/alone/a/bin/probevue"
script "$work/alone/scripts/above.e" "above"
said=$("$work/alone/a/bin/probevue" above 2>&1)
[[ $? == 2 && $said == *"no \`above.e\` in $(realpath "$work")/alone/a/share/probevue/scripts"* ]]; result $? "a program alone: $said"
said=$("$work/alone/a/bin/probevue" --scripts 2>&1)
[[ $? == 2 && $said == "probevue: error: there are no scripts in $(realpath "$work")/alone/a/share/probevue/scripts"$'\n'"hint: PROBEVUE_SCRIPTS names folders with scripts of yours" ]]; result $? "--scripts of a program alone: $said"
mkdir -p "$work/alone/a/share/probevue/scripts" && script "$work/alone/a/share/probevue/scripts/beside.e" "beside"
[[ $("$work/alone/a/bin/probevue" beside 2>&1) == beside ]]; result $? "scripts of its prefix"
ln -s "$work/alone/a/bin/probevue" "$work/here/link"
[[ $("$work/here/link" beside 2>&1) == beside ]]; result $? "through a link"

# --- usage ----------------------------------------------------------------------------------------------------------

expect "an unknown name" 2 '' "probevue: error: there is no script \`top_talker\`: no such file here, and no \`top_talker.e\` in $root/scripts
hint: did you mean \`top_talkers\`? probevue --scripts lists those that have a name" top_talker
expect "one that is like none" 2 '' "*hint: probevue --scripts lists those that have a name" zebra
expect "--show of an unknown name" 2 '' "probevue: error: there is no script \`top_talker\`*did you mean \`top_talkers\`?*" --show top_talker
expect "--show without a name" 2 '' 'probevue: error: --show wants a value*' --show
expect "--show of nothing" 2 '' 'probevue: error: --show wants the name of a script*probevue --scripts lists them' --show ''
expect "--show of two" 2 '' 'probevue: error: --show takes one name, and `tls_names` is more*' --show top_talkers tls_names
expect "--scripts with two words" 2 '' 'probevue: error: --scripts takes one word, and `tls` is more*' --scripts dns tls
[[ $(tr -s '\n' <"$work/err" | wc -l) == 2 ]]; result $? "one message and its hint"
# In words that a check finds: the name stands between two parts.
[[ $(cd "$work/here" && "$PROBEVUE" zebra 2>&1) == *'`: no such file here, and no `'* ]]; result $? "where it was looked for"
exec 3> >(true); wait $!
"$PROBEVUE" zebra 2>&3; [[ $? == 2 ]]; result $? "nobody reads the message: the exit status tells"
exec 3>&-
"$PROBEVUE" --scripts >/dev/full 2>"$work/err"
[[ $? == 1 && $(<"$work/err") == 'probevue: error: cannot write to standard output: No space left on device' ]]; result $? "--scripts on a full disk: $(<"$work/err")"
"$PROBEVUE" --scripts 2>"$work/err" | true
[[ ${PIPESTATUS[0]} == 0 && ! -s $work/err ]]; result $? "--scripts whose reader goes away"

# --- the bundled scripts --------------------------------------------------------------------------------------------

"$PROBEVUE" --scripts >"$work/index"
diff <(sed -n 's/^  \([^ ]*\)  .*/\1/p' "$work/index" | sort) <(cd scripts && printf '%s\n' *.e | sed 's/\.e$//' | sort)
result $? "--scripts: each once, and nothing else"
[[ $(tail -n 1 "$work/index") == 'probevue NAME runs one, probevue --show NAME prints it' ]]; result $? "--scripts: what can be done with them"
! grep -q '^without a topic' "$work/index"; result $? "--scripts: all have a topic"
[[ $(grep '^  ' "$work/index" | sed 's/^\(  [^ ]*  *\).*/\1/' | awk '{ print length }' | sort -u | wc -l) == 1 ]]; result $? "--scripts: aligned"
[[ $(awk '{ if (length > most) most = length } END { print most }' "$work/index") -le 100 ]]; result $? "--scripts: a line each"
expect "--scripts: a word of names, topics and lines" 0 '*names*  dns_latency  How long*' '' --scripts DNS
expect "--scripts=WORD" 0 '*  dns_latency  *' '' --scripts=dns
! grep -q top_talkers "$work/out"; result $? "--scripts: only what has the word"
expect "--scripts and a flag" 0 'TCP connections*' '' --scripts -n
for script in scripts/*.e; do
    name=$(basename "$script" .e)
    "$PROBEVUE" --show "$name" | cmp -s - "$script"; result $? "--show $name"
done

# What comments say runs: captures by their bare names are those of tests/data. It prints what its test has, if
# that is a replay of the same.
replays=0
while IFS=: read -r script _ command; do
    read -ra words < <(sed -E 's/^ +probevue -r ([^ ]+) .*/\1/' <<<"$command")
    file=$(ls "tests/data/${words[0]}" "tests/data/made/${words[0]}" 2>/dev/null | head -n 1)
    name=$(basename "$script" .e)
    mapfile -t rest < <(sed -E "s/^ +probevue -r [^ ]+ //" <<<"$command" | xargs printf '%s\n' 2>/dev/null)
    timeout 60 "$PROBEVUE" -n -r "$file" "${rest[@]}" >"$work/out" 2>"$work/err" </dev/null
    [[ $? == 0 && ${rest[0]} == "$name" && -s $work/out ]] && ! grep -q 'error:' "$work/err"; result $? "$command: $(<"$work/err")"
    case=scripts/tests/$name.test
    if grep -qE "^run: probevue -r [^ ]*/$(basename "$file") [^-]" "$case" && ! grep -q '^env:' "$case"; then
        cmp -s "$work/out" "${case%.test}.out"; result $? "$command: prints what $case has"
    fi
    replays=$((replays + 1))
done < <(grep -E '^ \* replay:' scripts/*.e)
[[ $replays -ge 50 ]]; result $? "$replays replays"

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
