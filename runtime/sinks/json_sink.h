// The JSON sink (`--format json`): one object a line, described by docs/json-schema.json and docs/json-output.md.
#pragma once

#include <memory>

#include "runtime/sinks/base_sink.h"
#include "runtime/sinks/json_text.h"

namespace probevue {

// Everything goes to the data stream, in order: eprintf records, messages and statistics too.
class JsonSink final : public BaseSink {
public:
    JsonSink(std::unique_ptr<Output> output, SinkOptions options);

    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) override;
    void array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
               const RecordOrigin& origin) override;
    void table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) override;
    void text(std::string_view text, const RecordOrigin& origin) override;
    void message(MessageKind kind, std::string_view text) override;
    void statistics(std::span<const Statistic> figures) override;

private:
    // `{"type":...,"time":...,"probe":...`
    void append_head(TextBuffer& to, std::string_view type, const RecordOrigin& origin);

    JsonValues values_;
    TextBuffer scratch_;
};

// Writes to a descriptor, which stays the caller's. What is not yet written when the sink goes is lost: call flush().
std::unique_ptr<Sink> make_json_sink(int data_fd, SinkOptions options);

}  // namespace probevue
