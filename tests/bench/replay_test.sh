#!/usr/bin/env bash
# The marks of a replay, on two million packets: run_bench.sh measures and judges.
here=$(cd "$(dirname "$0")" && pwd)
command -v gcc >/dev/null || { echo "skipped: gcc is not installed"; exit 77; }
exec "$here/run_bench.sh" "${PROBEVUE:-$here/../../build/release/probevue}"
