#!/usr/bin/env bash
# One build in a system, and its tests; run by tests/systems/run, in the system.
# The last line is: N passed, N failed, N skipped
# usage: inside.sh NAME TESTS PART...    as builds.txt has them
set -uo pipefail
cd "$(dirname "$0")/../.."

name=$1 tests=$2
shift 2
build=/build/release # one place for all: what ccache has of one row, it has for the others
arguments=(-G Ninja) flags=() no_flags=()
for part; do
    part=${part//%20/ }
    case $part in
        -*) arguments+=("$part") ;;
        flag=*) flags+=("${part#*=}") ;;
        noflag=*) no_flags+=("${part#*=}") ;;
        build=*) build=${part#*=} ;;
        tree=* | needs=*) ;; # the runner's
        hardening)
            export DEB_BUILD_MAINT_OPTIONS=hardening=+all
            CXXFLAGS="$(dpkg-buildflags --get CPPFLAGS) $(dpkg-buildflags --get CXXFLAGS)" LDFLAGS=$(dpkg-buildflags --get LDFLAGS)
            export CXXFLAGS LDFLAGS
            ;;
        *=*) export "${part?}" ;;
    esac
done
case $tests in
    all) targets=(all) select=(-L '^(unit|golden|error|diff|check)$') ;;
    goldens) targets=(probevue run_golden) select=(-R '^(golden|errors|scripts)$') ;;
    units) targets=(probevue unit_tests run_golden) select=(-R '^(unit|golden|errors|scripts)$') ;;
    package) targets=(all) arguments+=(-DBUILD_TESTING=OFF) ;;
    *) echo "there are no tests named $tests"; exit 2 ;;
esac

log=/tmp/$name.log
# keep: a build that failed stays, to be looked at
keep() { rm -rf "/build/$name-failed" && mv "$build" "/build/$name-failed"; }
give_up() {
    grep -E 'error|Error|FAILED|warning:' -A 12 "$log" | head -n 60
    tail -n 20 "$log"
    echo "$1 failed"
    keep
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
}
rm -rf "$build"
cmake "${arguments[@]}" -B "$build" -S . >"$log" 2>&1 || give_up configuration
echo "with $(sed -n 's/.*The CXX compiler identification is //p' "$log"), $(cmake --version | sed -n '1s/ version//p')$(
    for module in fmt libbpf libpcap; do echo -n ", $module $(pkg-config --modversion "$module")"; done)"
cmake --build "$build" -j "$(nproc)" --target "${targets[@]}" -- -k 0 >>"$log" 2>&1 || give_up "the build"
grep -E 'warning:' "$log" | sort | uniq -c | sort -rn | head -n 20
# no_command_that WHICH FLAG [GREP'S FLAG]: of the program; tests say for themselves how they are compiled
no_command_that() {
    local others
    others=$(grep -E '"command":.*(builtins|compiler|runtime)/' "$build/compile_commands.json" | grep -c ${3:-} -E -- " $2( |\$)")
    [[ $others == 0 ]] || { echo "$others commands of the compiler $1 $2" >>"$log"; give_up "flag $2"; }
}
for flag in "${flags[@]}"; do no_command_that without "$flag" -v; done
for flag in "${no_flags[@]}"; do no_command_that with "$flag"; done

if [[ $tests == package ]]; then
    (cd "$build" && cpack) >>"$log" 2>&1 || give_up "the package"
    echo "1 passed, 0 failed, 0 skipped"
    exit
fi
ctest --test-dir "$build" "${select[@]}" -j "$(nproc)" --no-tests=error --output-on-failure --output-junit "$build/results.xml" \
    --test-output-size-passed 10000000 --test-output-size-failed 10000000 >>"$log" 2>&1
status=$?
[[ -s $build/results.xml ]] || give_up ctest
grep -oE '^(.*>)?skipped: [^<]+' "$build/results.xml" | sed 's/.*>//' | sort | uniq
read -r passed failed skipped < <(awk -f tests/tally.awk "$build/results.xml")
[[ $status == 0 || $failed != 0 ]] || failed=1
[[ $failed == 0 ]] || grep -aE 'FAILED|\*\*\*|error:|ERROR|^[0-9]+:.*(bad|differ)' -A 8 "$log" | head -n 200
((passed++)) # the build
[[ $failed == 0 ]] || keep
rm -rf "$build"
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed == 0 ]]
