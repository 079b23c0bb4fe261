#!/usr/bin/env bash
# docs/scripts.md is what its generator makes of the scripts and their cases.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec tests/golden/scripts_page.sh --check
