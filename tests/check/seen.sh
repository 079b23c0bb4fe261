#!/usr/bin/env bash
# docs/seen.md is what its generator makes of docs/coming-from.md and the tests, and every row of it has a test.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec tests/golden/seen.sh --check
