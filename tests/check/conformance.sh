#!/usr/bin/env bash
# docs/conformance.md is what its generator makes of the cases, and every item of the checklist has its tests.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec tests/golden/conformance.sh --check
