#!/usr/bin/env bash
# --fmt: the house style, on all scripts of the tree. What is written out is the same script (its tree is that of the
# original), and written out once more it does not change.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C NO_COLOR=1
passed=0 failed=0

# check WHAT COMMAND...: does the command succeed?
check() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what"
    fi
}

# run ARGUMENT...: into $status, $work/out and $work/err
run() {
    timeout 30 "$PROBEVUE" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

# --- every script of the tree ----------------------------------------------------------------------------------------

check "the bundled scripts are in the house style" "$PROBEVUE" --fmt --check scripts/*.e

# Without comments it is the words alone that make the form: torn to pieces and written out, a script comes out as when
# all of it stood on one line.
mkdir "$work/whole" "$work/torn"
python3 - "$work" scripts/*.e <<'END'
import random, re, sys
random.seed(12)
words = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?\*/|//[^\n]*|^[ \t]*#[^\n]*|\s+|.', re.S | re.M)
for path in sys.argv[2:]:
    bare = "".join(" " if re.match(r"/[*/]|[ \t]*#", word) else word for word in words.findall(open(path).read()))
    whole = torn = ""
    for word in words.findall(bare.strip()):
        blank = word.isspace()
        whole += " " if blank else word
        # Enumerations stay on one line, or have a line for each, as they had.
        torn += random.choice([" ", "\n", "\n\t  "]) if blank and not whole.rstrip().endswith("{") else word
    name = path.replace("/", ".")
    open(f"{sys.argv[1]}/whole/{name}", "w").write(whole)
    open(f"{sys.argv[1]}/torn/{name}", "w").write(torn)
END
"$PROBEVUE" --fmt --update "$work"/whole/*.e >/dev/null
"$PROBEVUE" --fmt --update "$work"/torn/*.e >/dev/null
check "torn scripts" [ "$(find "$work/torn" -name '*.e' | wc -l)" -gt 50 ]
for script in "$work"/whole/*.e; do
    cmp -s "$script" "$work/torn/${script##*/}" || check "${script##*/}: torn to pieces" false
done

# Some belong to a header that is not given here: those are refused, and stay as they are.
mkdir "$work/all" "$work/again" "$work/plain"
for script in scripts/*.e tests/golden/vue/*/*.e; do
    name=${script//\//.}
    cp "$script" "$work/all/$name"
    # Blanks at the begin and end of lines are nothing to go by. (In comments and strings of several lines they are text.)
    grep -qE '/\*|\\$' "$script" || sed -E 's/^[ \t]+//; s/[ \t]+$//' "$script" >"$work/plain/$name"
done
"$PROBEVUE" --fmt --update "$work"/all/*.e >"$work/changed" 2>"$work/refused"
check "scripts tried: $(wc -l <"$work/changed")" [ "$(wc -l <"$work/changed")" -gt 500 ]
check "none would become another one" [ "$(grep -c 'internal error' "$work/refused")" = 0 ]
check "what was refused needs a header" [ "$(grep 'error: ' "$work/refused" | grep -vc 'unknown type')" = 0 ]
cp "$work"/all/*.e "$work/again"
check "nothing changes the second time" [ -z "$("$PROBEVUE" --fmt --update "$work"/again/*.e 2>/dev/null)" ]
"$PROBEVUE" --fmt --update "$work"/plain/*.e >/dev/null 2>&1
for script in "$work"/plain/*.e; do
    cmp -s "$script" "$work/all/${script##*/}" || { grep -q "/${script##*/}:" "$work/refused" || check "$script: whatever its indentation" false; }
done
check "plain ones tried" [ "$(find "$work/plain" -name '*.e' | wc -l)" -gt 500 ]

# --- printing, rewriting, looking ------------------------------------------------------------------------------------

printf '@@BEGIN{x=1;}\n' >"$work/a.e"
printf '@@BEGIN\n{\n    x = 1;\n}\n' >"$work/good"
run --fmt "$work/a.e"
check "prints" cmp "$work/out" "$work/good"
check "leaves the file alone" [ "$(<"$work/a.e")" = '@@BEGIN{x=1;}' ]
"$PROBEVUE" --fmt - <"$work/a.e" >"$work/out"
check "standard input" cmp "$work/out" "$work/good"
run --fmt top_talkers
check "a script by name" cmp "$work/out" scripts/top_talkers.e

run --fmt --check "$work/a.e"
check "--check: status 1" [ "$status" = 1 ]
check "--check: what would change" grep -q '^+    x = 1;$' "$work/out"
patch -s -o "$work/patched" "$work/a.e" "$work/out"
check "--check: patch takes it" cmp "$work/patched" "$work/good"

cp "$work/good" "$work/b.e"
chmod 640 "$work/a.e"
ln -s a.e "$work/link.e"
run --fmt --update "$work/link.e" "$work/b.e"
check "--update: names what it changed" [ "$(<"$work/out")" = "$work/link.e" ]
check "--update: rewrites" cmp "$work/a.e" "$work/good"
check "--update: keeps the link" [ -L "$work/link.e" ]
check "--update: keeps the mode" [ "$(stat -c %a "$work/a.e")" = 640 ]
check "--update: leaves nothing beside" [ -z "$(find "$work" -name 'a.e.*')" ]

# --- bad input -------------------------------------------------------------------------------------------------------

printf '@@BEGIN{x=;}\n' >"$work/bad.e"
printf '@@BEGIN{x=1;}\n' >"$work/a.e"
run --fmt --update "$work/bad.e" "$work/a.e"
check "an error: status 2" [ "$status" = 2 ]
check "an error: its place" grep -q "bad.e:1:" "$work/err"
check "an error: the file stays" [ "$(<"$work/bad.e")" = '@@BEGIN{x=;}' ]
check "an error: the other one is done" cmp "$work/a.e" "$work/good"
run --fmt "$work/none.e"
check "no such script" [ "$status" = 2 -a -s "$work/err" ]
printf '@@BEGIN{x=1;}\n' >"$work/a.e"
chmod 555 "$work"
if [ "$(id -u)" != 0 ]; then
    run --fmt --update "$work/a.e"
    check "a folder that cannot be written: status 1" [ "$status" = 1 ]
fi
chmod 755 "$work"
timeout 30 "$PROBEVUE" --fmt scripts/tcplife.e >/dev/full 2>"$work/err"
check "a full disk: status 1" [ $? = 1 ]
check "a full disk: the message" grep -q 'cannot write to standard output: No space left' "$work/err"
"$PROBEVUE" --fmt scripts/tcplife.e | head -1 >"$work/out"
check "a reader that goes away" [ "${PIPESTATUS[0]}" = 0 ]
head -c 100000 /dev/urandom >"$work/random.e"
run --fmt "$work/random.e"
check "no script: status 2" [ "$status" = 2 ]

# refused WHAT ARGUMENT...: status 2 and the message
refused() {
    local what=$1
    shift
    run "$@"
    check "refused: $what" [ "$status" = 2 -a "$(cat "$work/err")" = "probevue: error: $what" ]
}
refused '--fmt wants a script
hint: probevue --fmt SCRIPT; `-` is standard input' --fmt
refused '--fmt prints one script, and there are 2
hint: --update rewrites them, --check shows what would change' --fmt "$work/a.e" "$work/b.e"
refused 'standard input cannot be rewritten
hint: probevue --fmt - prints it in the house style' --fmt --update -
refused '--fmt rewrites scripts with --update, and only looks at them with --check
hint: leave out one' --fmt --update --check "$work/a.e"
refused '--fmt runs nothing, and takes no flags of a run
hint: --check, --update, -I and --color are for it' --fmt -r x.pcap "$work/a.e"
refused '--test and --fmt are two commands
hint: leave out one of them' --fmt --test "$work" "$work/a.e"
refused '--update is for --test DIR and --fmt, and there is none of them
hint: probevue --help lists the flags' --update

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
