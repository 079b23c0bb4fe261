# What tests in bash count that compare files. Sourced, from the root of the source tree.

passed=0 failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED: $*"; }
# is WHAT EXPECTED GOT: two texts are equal
is() { if [[ $2 == "$3" ]]; then ok; else bad "$1" && printf '  expected %s\n  got      %s\n' "$2" "$3"; fi; }
# same WHAT A B: two files are equal
same() { if cmp -s "$2" "$3"; then ok; else bad "$1"; diff "$2" "$3" | head -5; fi; }
# conclude: the last line, and the status
conclude() {
    echo "$passed passed, $failed failed"
    ((failed == 0))
}
