#include "runtime/cli/make_sink.h"

#include <utility>

#include "runtime/sinks/csv_sink.h"
#include "runtime/sinks/json_sink.h"
#include "runtime/sinks/text_sink.h"

namespace probevue {

std::unique_ptr<Sink> make_sink(OutputFormat format, std::unique_ptr<Output> output, const SinkOptions& options,
                                ReportHead head) {
    switch (format) {
        case OutputFormat::html:
            return std::make_unique<HtmlSink>(std::move(output), options, std::move(head));
        case OutputFormat::json:
            return std::make_unique<JsonSink>(std::move(output), options);
        case OutputFormat::csv:
            return std::make_unique<CsvSink>(std::move(output), options);
        case OutputFormat::text:
            break;
    }
    return std::make_unique<TextSink>(std::move(output), options);
}

}  // namespace probevue
