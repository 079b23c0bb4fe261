// `--metrics`, `--textfile`, `--push` of a run.
#pragma once

#include <memory>
#include <utility>

#include "builtins/base/result.h"
#include "compiler/program/program.h"
#include "runtime/metrics/exporter.h"
#include "runtime/options/options.h"
#include "runtime/records/sink.h"

namespace probevue {

// Null: none of the flags is given. Errors (ExitStatus::usage): what they name cannot be used.
Result<std::unique_ptr<MetricsExporter>> open_metrics(const Options& options, const Program& program);

// Serves a session for as long as it exists. Without an exporter it does nothing.
class MetricsRun {
public:
    // `sink` outlives it.
    MetricsRun(std::unique_ptr<MetricsExporter> exporter, Sink& sink) : exporter_(std::move(exporter)), sink_(sink) {}
    // Says where the endpoint is, who can read it, and that there is nothing to show.
    void announce(const Options& options, const Program& program);
    // Its threads begin here, with the privileges that are left. `session` outlives it. Errors: the endpoint cannot be
    // served.
    Status start(Session& session);
    // By the session's thread, between events; the sink takes warnings.
    void answer(const Statistics& statistics);
    void finish(const Statistics& statistics);

private:
    void warn();

    std::unique_ptr<MetricsExporter> exporter_;
    Sink& sink_;
};

}  // namespace probevue
