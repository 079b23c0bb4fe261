#!/usr/bin/env bash
# share/fleet/duckdb.sql, in the DuckDB that npm has.
set -uo pipefail
cd "$(dirname "$0")/../.."
engine=duckdb package=@duckdb/node-api@1.5.6-r.1
. tests/fleet/stores.sh
stores_test
conclude
