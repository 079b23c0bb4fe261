#!/usr/bin/env bash
# Prometheus over eight hosts: sums are what was sent, a host that dies is told, and its last values count.
cd "$(dirname "$0")/../.." || exit
. tests/fleet/scraped.sh
for tool in prometheus promtool; do command -v "$tool" >/dev/null || skip "$tool is not installed (.ci/setup fleet; Debian's package prometheus)"; done

engine_url() { echo http://127.0.0.1:9090; }
engine_start() {
    has "promtool: the configuration" 'SUCCESS' "$(promtool check config "$work/store/prometheus.yml" 2>&1)"
    sed -i 's/for: 2m$/for: 2s/' "$work/store/alerts.yml" # the time of the alert below
    background prometheus --config.file="$work/store/prometheus.yml" --web.listen-address=127.0.0.1:9090 --storage.tsdb.path="$work/store/data" >"$work/engine.log" 2>&1
    until_true 60 curl -sSf --max-time 5 "$(engine_url)/-/ready" >/dev/null || { cat "$work/engine.log"; fail "Prometheus does not start"; }
}
has "promtool: as it is copied" 'SUCCESS' "$(promtool check config share/prometheus/prometheus.yml 2>&1)"
scraped_test Prometheus
soon "the alert" "1 ProbevueNoScrape firing 203.0.113.5:9465 probevue critical" 'ALERTS{alertname="ProbevueNoScrape",alertstate="firing"}'

# The alert as it is: after two minutes.
cat >"$work/alerts_test.yml" <<YAML
rule_files: [$PWD/share/prometheus/alerts.yml]
evaluation_interval: 10s
tests:
  - interval: 10s
    input_series:
      - series: up{job="probevue", instance="203.0.113.5:9465"}
        values: "1x5 0x30"
      - series: up{job="probevue", instance="203.0.113.6:9465"}
        values: "1x35"
    alert_rule_test:
      - eval_time: 2m50s
        alertname: ProbevueNoScrape
      - eval_time: 3m
        alertname: ProbevueNoScrape
        exp_alerts:
          - exp_labels: {severity: critical, job: probevue, instance: "203.0.113.5:9465"}
            exp_annotations:
              summary: "203.0.113.5:9465 does not answer"
              description: "The session has ended, or waits for the reader of its output."
YAML
has "promtool: the alert" 'SUCCESS' "$(promtool test rules "$work/alerts_test.yml" 2>&1)"
conclude
