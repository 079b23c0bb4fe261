# What scripts in the virtual machine have in common; sourced there. /version says which kernel it is.
set -uo pipefail
export PROBEVUE_TEST_EXACT=1    # nothing is hidden from programs here
export PROBEVUE_TEST_EMULATED=1 # timers of the kernel may be late by more than the session waits for
failed=0 passed=0
version=$(cat /version)
echo "Linux $(uname -rm)"

check() {
    if "${@:2}"; then
        passed=$((passed + 1))
    else
        echo "FAIL $1"
        failed=$((failed + 1))
    fi
}

# timed COMMAND...: runs it, what it prints goes to /tmp/log; $took are the seconds
timed() {
    local begun=$SECONDS status
    "$@" >/tmp/log 2>&1
    status=$?
    took=$((SECONDS - begun))
    [[ $status == 0 ]] || cat /tmp/log
    return $status
}

# is WHAT EXPECTED GOT, matches WHAT PATTERN TEXT
is() { check "$1: expected \`$2\`, got \`$3\`" test "$2" = "$3"; }
matches() { check "$1: no \`$2\` in: $3" grep -qE -- "$2" <<<"$3"; }

# The test programs, on every rung that the kernel grants; which those were is in /tmp/tested then.
run_live_programs() {
    local test status options
    for test in /usr/bin/live_*; do
        options=(--no-intro --no-path-filenames --no-colors)
        if [[ $version != 6.1 && $test == */live_homes ]]; then
            # Newer verifiers take seconds for such a program on a real machine, half a minute here.
            echo "left out: as many clauses as an event has bits for"
            options+=(-tce='as many clauses*')
        fi
        timed "$test" "${options[@]}"
        status=$?
        if [[ $status == 77 ]]; then
            echo "${test##*/}: $(tail -n 1 /tmp/log)"
        else
            echo "${test##*/}: $took s"
            is "${test##*/}: exit status" 0 $status
        fi
        grep '^tested' /tmp/log >>/tmp/found
    done
    sort -u /tmp/found >/tmp/tested
    cat /tmp/tested
}
