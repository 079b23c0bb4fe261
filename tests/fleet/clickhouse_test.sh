#!/usr/bin/env bash
# share/fleet/clickhouse.sql, in the ClickHouse that npm has as chdb: half a gigabyte, hence only when it is asked for.
set -uo pipefail
cd "$(dirname "$0")/../.."
[[ ${PROBEVUE_CHDB:-} == 1 ]] || { echo "skipped: PROBEVUE_CHDB=1 tries ClickHouse, for which npm loads half a gigabyte"; exit 77; }
engine=clickhouse package=chdb@3.4.0
. tests/fleet/stores.sh
stores_test
conclude
