// CSV (RFC 4180): fields, and values as fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/shown.h"
#include "compiler/program/record.h"
#include "runtime/sinks/fields.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// A field. It is quoted where it has a comma, a quote or a control character, where a blank begins or ends it, and when
// it is empty; all else is written as it is. Parts that are no UTF-8 become U+FFFD, as in JSON.
void append_csv_field(TextBuffer& to, std::string_view text);

// A line of a table: fields with commas between them, and CRLF at the end.
class CsvLine {
public:
    // On a terminal texts are shown() as such.
    explicit CsvLine(TextBuffer& to, bool on_terminal = false) : to_(to), on_terminal_(on_terminal) {}
    CsvLine& text(std::string_view text) {
        on_terminal_ ? append_csv_field(next(), shown(text)) : append_csv_field(next(), text);
        return *this;
    }
    // Where a field is written that needs no quotes.
    TextBuffer& next() {
        if (!first_) to_.push(',');
        first_ = false;
        return to_;
    }
    void end() { to_.append("\r\n"); }

private:
    TextBuffer& to_;
    bool on_terminal_;
    bool first_ = true;
};

// Values by their kind, see docs/csv-output.md: the numbers and texts of JSON. Lists and distributions take several
// columns.
class CsvValues {
public:
    explicit CsvValues(const Names& names) : names_(names) {}

    // The columns of a value: its name, or those of its numbers behind `prefix`.
    static void append_columns(std::vector<std::string>& to, const RecordField& field, const std::string& name,
                               std::string_view prefix, uint8_t list_values);
    void append(CsvLine& line, const RecordField& field, const std::byte* at, uint8_t list_values);
    void append_time(CsvLine& line, uint64_t time_ns) { date_.append(line.next(), time_ns); }

private:
    void append_distribution(CsvLine& line, uint64_t handle) const;
    std::string joined_slots(uint64_t handle) const;

    const Names& names_;
    UtcDate date_;
};

}  // namespace probevue
