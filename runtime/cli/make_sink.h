// The sink of a format.
#pragma once

#include <memory>

#include "runtime/options/options.h"
#include "runtime/records/sink.h"
#include "runtime/sinks/html_sink.h"
#include "runtime/sinks/output.h"

namespace probevue {

// `head` is for pages of HTML.
std::unique_ptr<Sink> make_sink(OutputFormat format, std::unique_ptr<Output> output, const SinkOptions& options,
                                ReportHead head);

}  // namespace probevue
