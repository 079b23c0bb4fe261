// The CSV sink (`--format csv`): tables for spreadsheets and databases, described by docs/csv-output.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sinks/csv_text.h"
#include "runtime/sinks/text_sink.h"

namespace probevue {

// Trace output goes to the data stream; eprintf records, messages and statistics to the error stream, as text. A header
// stands before the first row of a table, and again where rows of another table came between.
class CsvSink final : public TextSink {
public:
    CsvSink(std::unique_ptr<Output> output, SinkOptions options);

    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) override;
    void array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
               const RecordOrigin& origin) override;
    void table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) override;
    void text(std::string_view text, const RecordOrigin& origin) override;
    void section(SectionStep step, std::string_view id) override;

private:
    // What the rows that are written belong to: a call of the script, and what of it decides on the columns.
    struct Table {
        const void* layout = nullptr;
        ArrayPrintOptions::Form form = ArrayPrintOptions::Form::print;
        uint8_t list_values = 0;
        bool operator==(const Table&) const = default;
    };

    // The header, unless the rows before are of the same table. `columns()` gives the names of its own columns.
    template <typename Columns>
    void begin_table(TextBuffer& to, const Table& table, Columns&& columns);
    // Table, time and thread: what every row begins with.
    CsvLine begin_row(TextBuffer& to, std::string_view table, const RecordOrigin& origin);
    void element(TextBuffer& to, const ArrayLayout& layout, const ElementView& element,
                 const ArrayPrintOptions& options, const RecordOrigin& origin);

    CsvValues values_;
    TextBuffer scratch_;
    Table current_;
    std::string name_;        // of the current table
    bool tentative_ = false;  // the clause has tentative output
};

}  // namespace probevue
