// The HTML sink (`--format html`): one page that draws all that a session printed, written at its end (docs/report.md).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "runtime/sinks/report_store.h"
#include "runtime/sinks/text_sink.h"

namespace probevue {

// Messages, eprintf records and statistics go to the error stream as text; the page has them too. Memory and page are
// bounded by `limits`.
class HtmlSink final : public TextSink {
public:
    HtmlSink(std::unique_ptr<Output> output, SinkOptions options, ReportHead head, ReportLimits limits = {});

    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) override;
    void array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
               const RecordOrigin& origin) override;
    void table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) override;
    void text(std::string_view text, const RecordOrigin& origin) override;
    void message(MessageKind kind, std::string_view text) override;
    void end(std::span<const Statistic> figures) override;

private:
    // Takes the store.
    HtmlSink(ReportStore* store, SinkOptions options, ReportHead head, ReportLimits limits);

    std::string value_text(const RecordField& field, const std::byte* at, uint8_t list_values);
    ReportRow row_of(const ArrayLayout& layout, const ElementView& element, const ArrayPrintOptions& options);
    void add_value(ReportRow& row, const RecordField& field, const std::byte* at, uint8_t list_values);
    void add_list(ReportRow& row, const ListValue& list, uint8_t wanted) const;
    void add_distribution(ReportRow& row, uint64_t handle) const;
    double number_of(const RecordField& field, const std::byte* at, uint8_t list_values) const;

    const ReportHead head_;
    const ReportLimits limits_;
    ReportStore* store_;   // of the sections
    size_t script_lines_;  // what stands below them is told at the end
    TextBuffer scratch_;
};

}  // namespace probevue
