#include "runtime/sinks/csv_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/sinks/array_order.h"
#include "runtime/sinks/printf_text.h"

namespace probevue {
namespace {

using Form = ArrayPrintOptions::Form;

bool draws_bars(Form form) { return form == Form::linear_bars || form == Form::logarithmic_bars; }

// `printf:3:14`: calls have no other name than their place.
std::string name_of_site(std::string_view function, const SourcePosition& position) {
    return fmt::format("{}:{}:{}", function, position.line, position.column);
}

// Fields in the order in which the format prints them.
template <typename Append>
void for_each_printed(const RecordLayout& layout, Append&& append) {
    if (layout.kind == RecordKind::trace) {
        for (uint32_t i = 0; i < layout.fields.size(); ++i) append(i);
        return;
    }
    for (const FormatPiece& piece : layout.pieces) {
        if (piece.conversion != 0) append(piece.field);
    }
}

// The columns of an array, behind its keys: a row for each element, or for each slot or bin of one.
std::vector<std::string> columns_of(const ArrayLayout& layout, const ArrayPrintOptions& options) {
    std::vector<std::string> out;
    for (size_t i = 1; i <= layout.keys.size(); ++i) out.push_back(fmt::format("key{}", i));
    if (layout.value.kind == FieldKind::range) {
        out.insert(out.end(), {"slot", "count"});
    } else if (layout.value.kind == FieldKind::dist && draws_bars(options.form)) {
        out.insert(out.end(), {"from", "to", "count"});
    } else {
        CsvValues::append_columns(out, layout.value, options.form == Form::rates ? "rate" : "value", "",
                                  options.list_values);
    }
    return out;
}

// A label stands for the field that its conversion prints; a column without one has its own name.
std::vector<std::string> columns_of(const TableLayout& layout) {
    std::vector<std::string> out;
    for (uint32_t i = 1; i <= layout.keys; ++i) out.push_back(fmt::format("key{}", i));
    for (const TableColumn& column : layout.columns) out.push_back(column.name);
    size_t label = 0;
    for (const FormatPiece& piece : layout.row.pieces) {
        if (piece.conversion == 0 || label == layout.header.size()) continue;
        out[piece.field] = layout.header[label++];
    }
    return out;
}

}  // namespace

CsvSink::CsvSink(std::unique_ptr<Output> output, SinkOptions options)
    : TextSink(std::move(output), std::move(options)), values_(context_.names) {}

template <typename Columns>
void CsvSink::begin_table(TextBuffer& to, const Table& table, Columns&& columns) {
    // A line of names stands before the first row, and wherever rows of another table were printed in between.
    if (table == current_) return;
    current_ = table;
    std::vector<std::string> names = {"table", "time"};
    if (options_.thread_prefix) names.emplace_back("tid");
    CsvLine line(to, options_.data_on_terminal);
    for (const std::string& name : names) line.text(name);
    // Readers find columns by name, so that no two have the same one.
    for (const std::string& name : columns()) {
        std::string unique = name;
        for (int number = 2; std::find(names.begin(), names.end(), unique) != names.end(); ++number)
            unique = fmt::format("{} {}", name, number);
        line.text(unique);
        names.push_back(std::move(unique));
    }
    line.end();
}

CsvLine CsvSink::begin_row(TextBuffer& to, std::string_view table, const RecordOrigin& origin) {
    CsvLine line(to, options_.data_on_terminal);
    line.text(table);
    values_.append_time(line, origin.time_ns);
    if (options_.thread_prefix) append_signed(line.next(), origin.tid);
    return line;
}

void CsvSink::record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) {
    // Goes to standard error, where no tables are.
    if (layout.kind == RecordKind::error_text) return TextSink::record(layout, payload, origin);
    if (!accept(origin)) return;
    TextBuffer& to = sections_.open(Stream::data);
    bool has_fields = false;
    for_each_printed(layout, [&](uint32_t) { has_fields = true; });
    begin_table(to, {.layout = &layout}, [&] {
        name_ = name_of_site(layout.kind == RecordKind::trace ? "trace" : "printf", layout.position);
        std::vector<std::string> columns;
        for_each_printed(layout, [&](uint32_t field) {
            columns.push_back(field < layout.names.size() ? layout.names[field] : "value");
        });
        return has_fields ? columns : std::vector<std::string>{"text"};
    });
    CsvLine line = begin_row(to, name_, origin);
    if (has_fields) {
        for_each_printed(layout, [&](uint32_t index) {
            const RecordField& field = layout.fields[index];
            values_.append(line, field, payload + field.offset, ArrayPrintOptions::list_all);
        });
    } else {
        scratch_.clear();
        append_record(scratch_, layout, payload, context_);
        std::string_view text = scratch_.view();
        if (text.ends_with('\n')) text.remove_suffix(1);
        line.text(text);
    }
    line.end();
    sections_.close();
}

void CsvSink::element(TextBuffer& to, const ArrayLayout& layout, const ElementView& element,
                      const ArrayPrintOptions& options, const RecordOrigin& origin) {
    const auto keys = [&] {
        CsvLine line = begin_row(to, layout.name, origin);
        for (const RecordField& field : layout.keys)
            values_.append(line, field, element.key + field.offset, options.list_values);
        return line;
    };
    const std::byte* value = element.value + layout.value.offset;
    if (layout.value.kind == FieldKind::range) {
        for (const RangeSlotView& slot : context_.names.range(load<uint64_t>(value))) {
            CsvLine line = keys();
            append_unsigned(line.text(slot.label).next(), slot.count);
            line.end();
        }
        return;
    }
    if (layout.value.kind == FieldKind::dist && draws_bars(options.form)) {
        const Distribution* of = context_.names.distribution(load<uint64_t>(value));
        if (of == nullptr) return;
        for (const Distribution::Bin& bin : of->bins()) {
            CsvLine line = keys();
            append_signed(line.next(), bin.from);
            append_signed(line.next(), bin.to);
            append_unsigned(line.next(), bin.count);
            line.end();
        }
        return;
    }
    CsvLine line = keys();
    values_.append(line, layout.value, value, options.list_values);
    line.end();
}

void CsvSink::array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
                    const RecordOrigin& origin) {
    if (!accept(origin) || elements.empty()) return;
    TextBuffer& to = sections_.open(Stream::data);
    begin_table(to, {.layout = &layout, .form = options.form, .list_values = options.list_values},
                [&] { return columns_of(layout, options); });
    for (const ElementView& one : ordered_elements(layout, elements, options, context_.names))
        element(to, layout, one, options, origin);
    sections_.close();
}

void CsvSink::table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    TextBuffer& to = sections_.open(Stream::data);
    begin_table(to, {.layout = &layout}, [&] {
        name_ = name_of_site("print_table", layout.row.position);
        return columns_of(layout);
    });
    for (const std::byte* row : ordered_rows(layout, rows, context_.names)) {
        CsvLine line = begin_row(to, name_, origin);
        for (const RecordField& field : layout.row.fields)
            values_.append(line, field, row + field.offset, ArrayPrintOptions::list_all);
        line.end();
    }
    sections_.close();
}

void CsvSink::text(std::string_view text, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    TextBuffer& to = sections_.open(Stream::data);
    begin_table(to, {.layout = this}, [] { return std::vector<std::string>{"text"}; });
    if (text.ends_with('\n')) text.remove_suffix(1);
    CsvLine line = begin_row(to, "text", origin);
    line.text(text).end();
    sections_.close();
}

// What is tentative may never be written, its headers with it.
void CsvSink::section(SectionStep step, std::string_view id) {
    if (step != SectionStep::group_start && step != SectionStep::group_end && step != SectionStep::end_of_clause)
        tentative_ = true;
    if (tentative_) current_ = {};
    if (step == SectionStep::end_of_clause) tentative_ = false;
    TextSink::section(step, id);
}

}  // namespace probevue
