#!/usr/bin/env bash
# Tests wait for states, not for times that are hoped to be long enough, and count nothing again until it fits: a line that
# pauses says in a comment why time itself is what it needs.
# usage: pauses.sh [ROOT]
#
# Left out: scripts that make data, a case of the runner that has to be slow, and the test of how a session ends, of which
# the times between signals are what it is about.
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

status=0
complain() {
    if [[ -n $2 ]]; then
        echo "$1:"
        echo "$2"
        status=1
    fi
}
shells=$(grep -rnE '(^|[^_a-z-])sleep [0-9.]+|select undef, undef, undef' tests --include=*.sh | grep -vE '^tests/(check/pauses.sh|data/|golden/selftest.sh|live/end_test.sh)|sleep [0-9.]+[^#]*# |&( |$)|do sleep 0\.0[0-9]; done' || true)
complain "a pause without its reason in a comment" "$shells"
programs=$(grep -rnE 'sleep_for|let_time_pass\([0-9]+\)|usleep\(' tests --include=*.cpp --include=*.h | grep -vE '// |inline void let_time_pass' || true)
complain "a pause without its reason in a comment" "$programs"
again=$(grep -rnE '\battempt(s)?\b.*(<|in 1 2)|\|\| *retry' tests --include=*.cpp --include=*.h --include=*.sh | grep -vE '^tests/check/pauses.sh|^tests/live/homes_test.cpp' || true)
complain "something is tried again until it fits" "$again"
exit $status
