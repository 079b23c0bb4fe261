#include "runtime/sinks/json_sink.h"

#include <algorithm>
#include <utility>

#include "runtime/sinks/array_order.h"
#include "runtime/sinks/printf_text.h"

namespace probevue {
namespace {

std::string_view type_of(RecordKind kind) {
    switch (kind) {
        case RecordKind::text:
            return "printf";
        case RecordKind::error_text:
            return "eprintf";
        case RecordKind::trace:
            return "trace";
    }
    return "printf";
}

std::string_view type_of(ArrayPrintOptions::Form form) {
    switch (form) {
        case ArrayPrintOptions::Form::print:
            return "print";
        case ArrayPrintOptions::Form::linear_bars:
            return "quantize";
        case ArrayPrintOptions::Form::logarithmic_bars:
            return "lquantize";
        case ArrayPrintOptions::Form::rates:
            return "rate";
    }
    return "print";
}

}  // namespace

JsonSink::JsonSink(std::unique_ptr<Output> output, SinkOptions options)
    : BaseSink(std::move(output), std::move(options)), values_(context_.names) {}

void JsonSink::append_head(TextBuffer& to, std::string_view type, const RecordOrigin& origin) {
    to.append("{\"type\":\"");
    to.append(type);
    to.append("\",\"time\":");
    values_.append_time(to, origin.time_ns);
    to.append(",\"probe\":");
    append_json_string(to, origin.probe);
    if (origin.pid != 0) {
        to.append(",\"pid\":");
        append_signed(to, origin.pid);
    }
    if (origin.tid != 0) {
        to.append(",\"tid\":");
        append_signed(to, origin.tid);
    }
}

void JsonSink::record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    scratch_.clear();
    if (layout.kind == RecordKind::trace) {
        for (const RecordField& field : layout.fields) append_trace(scratch_, field, payload + field.offset, context_);
    } else {
        append_record(scratch_, layout, payload, context_);
    }
    TextBuffer& to = sections_.open(Stream::data);
    append_head(to, type_of(layout.kind), origin);
    to.append(",\"text\":");
    append_json_string(to, scratch_.view());
    to.append(",\"values\":[");
    bool first = true;
    const auto append_field = [&](const RecordField& field) {
        if (!first) to.push(',');
        first = false;
        values_.append(to, field, payload + field.offset, ArrayPrintOptions::list_all);
    };
    if (layout.kind == RecordKind::trace) {
        for (const RecordField& field : layout.fields) append_field(field);
    } else {
        for (const FormatPiece& piece : layout.pieces) {
            // The others are the text between two conversions.
            if (piece.conversion != 0) append_field(layout.fields[piece.field]);
        }
    }
    to.append("]}\n");
    sections_.close();
}

void JsonSink::array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
                     const RecordOrigin& origin) {
    if (!accept(origin) || elements.empty()) return;
    TextBuffer& to = sections_.open(Stream::data);
    append_head(to, type_of(options.form), origin);
    to.append(",\"name\":");
    append_json_string(to, layout.name);
    if (layout.value.unit != Unit::none) {
        to.append(",\"unit\":");
        append_json_string(to, name_of(layout.value.unit).symbol);
    }
    to.append(",\"elements\":[");
    append_all(to, ordered_elements(layout, elements, options, context_.names), [&](const ElementView& element) {
        to.append("{\"key\":[");
        append_all(to, layout.keys, [&](const RecordField& field) {
            values_.append(to, field, element.key + field.offset, options.list_values);
        });
        to.append(",\"value\":");
        values_.append(to, layout.value, element.value + layout.value.offset, options.list_values);
        to.push('}');
    });
    to.append("}\n");
    sections_.close();
}

void JsonSink::table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    TextBuffer& to = sections_.open(Stream::data);
    append_head(to, "print_table", origin);
    if (!layout.header.empty()) {
        to.append(",\"header\":[");
        append_all(to, layout.header, [&](const std::string& label) { append_json_string(to, label); });
    }
    to.append(",\"columns\":[");
    append_all(to, layout.columns, [&](const TableColumn& column) { append_json_string(to, column.name); });
    const std::span<const RecordField> fields = layout.row.fields;
    const std::span<const RecordField> values = fields.subspan(layout.keys);
    const auto has_unit = [](const RecordField& field) { return field.unit != Unit::none; };
    if (std::any_of(values.begin(), values.end(), has_unit)) {
        to.append(",\"units\":[");
        append_all(to, values, [&](const RecordField& field) { append_json_string(to, name_of(field.unit).symbol); });
    }
    to.append(",\"rows\":[");
    append_all(to, ordered_rows(layout, rows, context_.names), [&](const std::byte* row) {
        const auto append_field = [&](const RecordField& field) {
            values_.append(to, field, row + field.offset, ArrayPrintOptions::list_all);
        };
        to.append("{\"key\":[");
        append_all(to, fields.first(layout.keys), append_field);
        to.append(",\"values\":[");
        append_all(to, values, append_field);
        to.push('}');
    });
    to.append("}\n");
    sections_.close();
}

void JsonSink::text(std::string_view text, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    TextBuffer& to = sections_.open(Stream::data);
    append_head(to, "text", origin);
    to.append(",\"text\":");
    append_json_string(to, text);
    to.append("}\n");
    sections_.close();
}

void JsonSink::message(MessageKind kind, std::string_view text) {
    TextBuffer line;
    line.append("{\"type\":\"message\",\"kind\":\"");
    line.append(name_of(kind));
    line.append("\",\"text\":");
    append_json_string(line, text);
    line.append("}\n");
    // Among the data: whoever reads JSON has one stream, and sees what was said between which lines.
    sections_.write_now(Stream::data, line.view());
}

void JsonSink::statistics(std::span<const Statistic> figures) {
    TextBuffer line;
    line.append("{\"type\":\"stats\",\"figures\":[");
    bool first = true;
    for (const Statistic& figure : figures) {
        line.append(first ? "{\"name\":" : ",{\"name\":");
        first = false;
        append_json_string(line, figure.name);
        line.append(",\"value\":");
        append_unsigned(line, figure.value);
        if (!figure.unit.empty()) {
            line.append(",\"unit\":");
            append_json_string(line, figure.unit);
        }
        line.push('}');
    }
    line.append("]}\n");
    sections_.write_now(Stream::data, line.view());
}

std::unique_ptr<Sink> make_json_sink(int data_fd, SinkOptions options) {
    // Nothing goes to standard error (message()).
    auto output = std::make_unique<DescriptorOutput>(data_fd, -1, options.output_name);
    return std::make_unique<JsonSink>(std::move(output), std::move(options));
}

}  // namespace probevue
