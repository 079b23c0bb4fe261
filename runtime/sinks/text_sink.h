// The text sink: what a script prints, as people and other programs read it.
#pragma once

#include <memory>

#include "runtime/sinks/base_sink.h"

namespace probevue {

// Data goes to the data stream; eprintf records, messages and statistics to the error stream. Where both end in one
// terminal or file, their order is kept. `-c` prefixes stand before each record that begins a line and before each
// element of an array or line of a table.
class TextSink : public BaseSink {
public:
    using BaseSink::BaseSink;

    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) override;
    void array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
               const RecordOrigin& origin) override;
    void table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) override;
    void text(std::string_view text, const RecordOrigin& origin) override;
    void message(MessageKind kind, std::string_view text) override;
    void statistics(std::span<const Statistic> figures) override;

private:
    bool prefixes() const { return options_.time_prefix != TimePrefix::none || options_.thread_prefix; }
    void append_prefix(TextBuffer& to, const RecordOrigin& origin);
    void append_header(TextBuffer& to, const TableLayout& layout) const;

    DateFormat prefix_date_{"%Y-%m-%d %H:%M:%S."};
};

// Writes to two descriptors, which stay the caller's. What is not yet written when the sink goes is lost: call flush().
std::unique_ptr<Sink> make_text_sink(int data_fd, int error_fd, SinkOptions options);

}  // namespace probevue
