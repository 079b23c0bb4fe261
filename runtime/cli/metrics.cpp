#include "runtime/cli/metrics.h"

#include <fmt/format.h>

#include <utility>

namespace probevue {

Result<std::unique_ptr<MetricsExporter>> open_metrics(const Options& options, const Program& program) {
    MetricsOptions wanted{options.metrics_address, options.metrics_directory, options.metrics_url};
    if (options.max_series != 0) wanted.max_series = options.max_series;
    if (!wanted.any()) return std::unique_ptr<MetricsExporter>();
    return MetricsExporter::open(wanted, program);
}

Status MetricsRun::start(Session& session) { return exporter_ == nullptr ? Status() : exporter_->start(session); }

void MetricsRun::announce(const Options& options, const Program& program) {
    if (exporter_ == nullptr) return;
    // A port that the system has chosen has to be told in any case.
    const bool quiet = options.information == Information::none;
    if (!exporter_->url().empty() && (!quiet || options.metrics_address.ends_with(":0")))
        sink_.message(MessageKind::note, fmt::format("metrics at {}", exporter_->url()));
    if (!exporter_->is_loopback() && !quiet)
        sink_.message(MessageKind::note, "who reaches that address can read the metrics: there is no password");
    if (!has_metrics(program) && !quiet)
        sink_.message(MessageKind::warning,
                      "the script has no global variables and no arrays: its metrics are those of probevue itself");
    static_cast<void>(sink_.flush());  // a failure is remembered
}

void MetricsRun::warn() {
    for (const std::string& warning : exporter_->take_warnings()) sink_.message(MessageKind::warning, warning);
}

void MetricsRun::answer(const Statistics& statistics) {
    if (exporter_ == nullptr) return;
    exporter_->answer(statistics);
    warn();
}

void MetricsRun::finish(const Statistics& statistics) {
    if (exporter_ == nullptr) return;
    exporter_->finish(statistics);
    warn();
}

}  // namespace probevue
