#!/usr/bin/env bash
# No message is a dead end: what people who come from AIX, tcpdump, bpftrace or SystemTap type at first, and slips of everybody, each with
# the whole message, the exit status, and the part of it that is the next step (next_steps.txt).
# usage: next_steps_test.sh [--update]     --update: writes messages and statuses; `next:` lines stay as they are
#                                          PROBEVUE: the program
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v python3 >/dev/null || { echo "python3 is missing: apt install python3"; exit 77; }
PROBEVUE=$(realpath "${PROBEVUE:-build/release/probevue}") exec python3 tests/diff/next_steps.py tests/diff/next_steps.txt "$@"
