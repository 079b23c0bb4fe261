#!/usr/bin/env bash
# VictoriaMetrics over eight hosts: sums are what was sent, a host that dies is told, and its last values count.
cd "$(dirname "$0")/../.." || exit
. tests/fleet/scraped.sh
command -v victoria-metrics >/dev/null || skip "victoria-metrics is not installed (.ci/setup fleet)"

engine_url() { echo http://127.0.0.1:8428; }
engine_start() {
    # It shows what is older than 30 seconds, unless told otherwise.
    background victoria-metrics -promscrape.config="$work/store/prometheus.yml" -promscrape.config.strictParse=false -storageDataPath="$work/store/data" \
        -httpListenAddr=127.0.0.1:8428 -search.latencyOffset=0s >"$work/engine.log" 2>&1
    until_true 60 curl -sSf --max-time 5 "$(engine_url)/health" >/dev/null || { cat "$work/engine.log"; fail "VictoriaMetrics does not start"; }
}
scraped_test VictoriaMetrics
conclude
