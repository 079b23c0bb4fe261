#include "runtime/sinks/html_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "runtime/sinks/array_order.h"
#include "runtime/sinks/distribution_text.h"
#include "runtime/sinks/html_page.h"
#include "runtime/sinks/printf_text.h"

namespace probevue {
namespace {

using Form = ArrayPrintOptions::Form;

std::string_view name_of(Form form) {
    switch (form) {
        case Form::print:
            return "print";
        case Form::linear_bars:
            return "quantize";
        case Form::logarithmic_bars:
            return "lquantize";
        case Form::rates:
            return "rate";
    }
    return "print";
}

bool is_number(FieldKind kind) {
    return kind == FieldKind::integer || kind == FieldKind::floating || kind == FieldKind::distinct;
}

ReportShape shape_of(FieldKind kind) {
    if (is_number(kind)) return ReportShape::numbers;
    if (kind == FieldKind::list) return ReportShape::lists;
    if (kind == FieldKind::dist) return ReportShape::distributions;
    return kind == FieldKind::range ? ReportShape::ranges : ReportShape::plain;
}

// What a column is headed by.
std::string word_of(Unit unit, std::string_view otherwise) {
    return std::string(unit == Unit::none ? otherwise : name_of(unit).word);
}

std::vector<ReportPrint::Column> columns_of(const ArrayLayout& layout, const ArrayPrintOptions& options) {
    std::vector<ReportPrint::Column> out;
    for (size_t i = 0; i < layout.keys.size(); ++i) {
        out.push_back({layout.keys.size() == 1 ? "key" : fmt::format("key {}", i + 1),
                       layout.keys[i].kind == FieldKind::integer && !options.hexadecimal});
    }
    switch (shape_of(layout.value.kind)) {
        case ReportShape::lists:
            for (const ListAggregate& aggregate : list_aggregates) {
                if ((options.list_values & aggregate.flag) != 0) out.push_back({std::string(aggregate.name), true});
            }
            break;
        case ReportShape::distributions:
            for (const DistributionFigure& figure : distribution_figures())
                out.push_back({std::string(figure.name), true});
            break;
        case ReportShape::ranges:
            out.insert(out.end(), {{"slot", false}, {"count", true}});
            break;
        case ReportShape::numbers:
        case ReportShape::plain:
            out.push_back({options.form != Form::rates ? word_of(layout.value.unit, "value")
                           : layout.value.unit == Unit::none
                               ? "per second"
                               : fmt::format("{} per second", word_of(layout.value.unit, "")),
                           is_number(layout.value.kind)});
    }
    return out;
}

// The numbers of what is left out, added up.
std::string sum_of(const RecordField& field, std::span<const ElementView> elements) {
    if (field.kind == FieldKind::floating) {
        double sum = 0;
        for (const ElementView& element : elements) sum += load<double>(element.value + field.offset);
        return fmt::format("{:.6g}", sum);
    }
    if (field.kind != FieldKind::integer) return {};
    __int128 sum = 0;
    for (const ElementView& element : elements) {
        const std::byte* at = element.value + field.offset;
        sum += field.is_signed ? static_cast<__int128>(load<int64_t>(at)) : static_cast<__int128>(load<uint64_t>(at));
    }
    return fmt::format("{}", sum);
}

}  // namespace

HtmlSink::HtmlSink(std::unique_ptr<Output> output, SinkOptions options, ReportHead head, ReportLimits limits)
    : HtmlSink(new ReportStore(std::move(output), limits), std::move(options), std::move(head), limits) {}

HtmlSink::HtmlSink(ReportStore* store, SinkOptions options, ReportHead head, ReportLimits limits)
    : TextSink(std::unique_ptr<Output>(store), std::move(options)),
      head_(std::move(head)),
      limits_(limits),
      store_(store),
      script_lines_(static_cast<size_t>(std::count(head_.script_text.begin(), head_.script_text.end(), '\n'))) {}

std::string HtmlSink::value_text(const RecordField& field, const std::byte* at, uint8_t list_values) {
    scratch_.clear();
    // Numbers of a page have all their digits, and pictures have axes that round.
    const bool si = std::exchange(context_.si, false);
    append_value(scratch_, field, at, context_, list_values);
    context_.si = si;
    return std::string(scratch_.view());
}

void HtmlSink::record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    if (layout.kind == RecordKind::error_text) TextSink::record(layout, payload, origin);
    scratch_.clear();
    if (layout.kind == RecordKind::trace) {
        for (const RecordField& field : layout.fields) append_trace(scratch_, field, payload + field.offset, context_);
        scratch_.push('\n');
    } else {
        append_record(scratch_, layout, payload, context_);
    }
    ReportText text;
    text.text = scratch_.view();
    text.time_ns = origin.time_ns;
    text.told = layout.position.line > script_lines_ + 1;
    if (origin.probe.starts_with("@@interval")) {
        for (const FormatPiece& piece : layout.pieces) {
            if (piece.conversion == 0) continue;
            const RecordField& field = layout.fields[piece.field];
            if (!is_number(field.kind) || piece.conversion == 'c') continue;
            text.names.push_back(piece.field < layout.names.size() ? layout.names[piece.field] : "value");
            text.values.push_back(number_of(field, payload + field.offset, ArrayPrintOptions::list_all));
        }
        if (!text.values.empty()) text.site = (uint64_t{layout.position.line} << 32) + layout.position.column;
    }
    append_unit(sections_.open(Stream::data), text);
    sections_.close();
}

void HtmlSink::text(std::string_view text, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    ReportText unit;
    unit.text = text;
    unit.time_ns = origin.time_ns;
    append_unit(sections_.open(Stream::data), unit);
    sections_.close();
}

double HtmlSink::number_of(const RecordField& field, const std::byte* at, uint8_t list_values) const {
    switch (field.kind) {
        case FieldKind::integer:
            return field.is_signed ? static_cast<double>(load<int64_t>(at)) : static_cast<double>(load<uint64_t>(at));
        case FieldKind::floating:
            return load<double>(at);
        case FieldKind::list:
            return static_cast<double>(list_number(load<ListValue>(at), list_values));
        case FieldKind::distinct:
            return static_cast<double>(context_.names.distinct(load<uint64_t>(at)));
        case FieldKind::dist: {
            const Distribution* of = context_.names.distribution(load<uint64_t>(at));
            return of == nullptr ? 0 : static_cast<double>(of->count());
        }
        default:
            return 0;
    }
}

void HtmlSink::add_list(ReportRow& row, const ListValue& list, uint8_t wanted) const {
    for (const ListAggregate& aggregate : list_aggregates) {
        if ((wanted & aggregate.flag) != 0) row.cells.push_back(std::to_string(aggregate.value(list)));
        if (aggregate.flag == ArrayPrintOptions::list_avg) row.middle = static_cast<double>(aggregate.value(list));
    }
    row.low = static_cast<double>(list.min);
    row.high = static_cast<double>(list.max);
}

void HtmlSink::add_distribution(ReportRow& row, uint64_t handle) const {
    const Distribution none;
    const Distribution* found = context_.names.distribution(handle);
    const Distribution& of = found == nullptr ? none : *found;
    for (const DistributionFigure& figure : distribution_figures())
        row.cells.push_back(std::to_string(figure.value(of)));
    for (const Distribution::Bin& bin : of.bins()) row.bins.push_back({bin.from, bin.to, bin.count, {}});
}

void HtmlSink::add_value(ReportRow& row, const RecordField& field, const std::byte* at, uint8_t list_values) {
    switch (field.kind) {
        case FieldKind::list:
            return add_list(row, load<ListValue>(at), list_values);
        case FieldKind::dist:
            return add_distribution(row, load<uint64_t>(at));
        case FieldKind::range:
            for (const RangeSlotView& slot : context_.names.range(load<uint64_t>(at))) {
                row.bins.push_back({0, 0, slot.count, slot.label});
                row.number += static_cast<double>(slot.count);
            }
            return;
        default:
            row.cells.push_back(value_text(field, at, list_values));
    }
}

ReportRow HtmlSink::row_of(const ArrayLayout& layout, const ElementView& element, const ArrayPrintOptions& options) {
    ReportRow row;
    for (const RecordField& field : layout.keys) {
        const std::byte* at = element.key + field.offset;
        if (options.hexadecimal && field.kind == FieldKind::integer)
            row.cells.push_back(fmt::format("0x{:x}", load<uint64_t>(at)));
        else
            row.cells.push_back(value_text(field, at, options.list_values));
    }
    const std::byte* value = element.value + layout.value.offset;
    row.number = number_of(layout.value, value, options.list_values);
    if (options.form == Form::rates)
        row.cells.push_back(fmt::format("{}", std::round(load<double>(value) * 1000) / 1000));
    else
        add_value(row, layout.value, value, options.list_values);
    return row;
}

void HtmlSink::array(const ArrayLayout& layout, std::span<const ElementView> elements, const ArrayPrintOptions& options,
                     const RecordOrigin& origin) {
    if (!accept(origin)) return;
    std::vector<ElementView> ordered = ordered_elements(layout, elements, options, context_.names);
    ReportPrint print;
    print.name = layout.name;
    print.how = name_of(options.form);
    print.probe = origin.probe;
    if (layout.value.unit != Unit::none && shape_of(layout.value.kind) == ReportShape::numbers)
        print.unit = fmt::format(" {}", name_of(layout.value.unit).symbol);
    if (options.form == Form::rates) print.unit += "/s";
    print.columns = columns_of(layout, options);
    print.keys = layout.keys.size();
    print.shape = shape_of(layout.value.kind);
    print.zero_when_absent = layout.value.kind == FieldKind::integer || layout.value.kind == FieldKind::floating;
    print.whole = layout.value.kind != FieldKind::floating;
    print.time_ns = origin.time_ns;
    print.elements = elements.size();
    print.wanted = ordered.size();
    if (print.shape != ReportShape::plain) {
        ArrayPrintOptions greatest = options;
        greatest.by_value = greatest.descending = true;
        greatest.limit = 0;
        ordered = ordered_elements(layout, ordered, greatest, context_.names);
    }
    const size_t shown = std::min(ordered.size(), limits_.rows);
    const std::span<const ElementView> rest = std::span(ordered).subspan(shown);
    if (!rest.empty() && options.form != Form::rates) print.rest_sum = sum_of(layout.value, rest);
    for (size_t i = 0; i < shown; ++i) {
        print.rows.push_back(row_of(layout, ordered[i], options));
        // The bins of those that are drawn.
        if (print.shape == ReportShape::distributions && i >= limits_.pictures) print.rows.back().bins = {};
    }
    append_unit(sections_.open(Stream::data), print);
    sections_.close();
}

void HtmlSink::table(const TableLayout& layout, std::span<const std::byte* const> rows, const RecordOrigin& origin) {
    if (!accept(origin)) return;
    ReportPrint print;
    print.how = "print_table";
    print.probe = origin.probe;
    print.keys = layout.keys;
    const std::vector<RecordField>& fields = layout.row.fields;
    for (uint32_t i = 0; i < fields.size(); ++i) {
        const std::string name = i >= layout.keys   ? layout.columns[i - layout.keys].name
                                 : layout.keys == 1 ? "key"
                                                    : fmt::format("key {}", i + 1);
        print.columns.push_back({name, fields[i].kind == FieldKind::integer || is_number(fields[i].kind)});
        if (i >= layout.keys) print.name += (print.name.empty() ? "" : ", ") + name;
    }
    size_t label = 0;
    for (const FormatPiece& piece : layout.row.pieces) {
        if (piece.conversion != 0 && label < layout.header.size())
            print.columns[piece.field].name = layout.header[label++];
    }
    const uint32_t by = layout.by_key ? layout.keys : layout.sort_field;
    print.shape = by < fields.size() && is_number(fields[by].kind) ? ReportShape::numbers : ReportShape::plain;
    print.whole = by >= fields.size() || fields[by].kind != FieldKind::floating;
    print.time_ns = origin.time_ns;
    print.elements = rows.size();
    const std::vector<const std::byte*> ordered = ordered_rows(layout, rows, context_.names);
    print.wanted = ordered.size();
    for (const std::byte* at : ordered) {
        if (print.rows.size() == limits_.rows) break;
        ReportRow row;
        for (const RecordField& field : fields)
            row.cells.push_back(value_text(field, at + field.offset, ArrayPrintOptions::list_all));
        if (print.shape == ReportShape::numbers)
            row.number = number_of(fields[by], at + fields[by].offset, ArrayPrintOptions::list_all);
        print.rows.push_back(std::move(row));
    }
    append_unit(sections_.open(Stream::data), print);
    sections_.close();
}

void HtmlSink::message(MessageKind kind, std::string_view text) {
    TextSink::message(kind, text);
    ReportData& data = store_->data();
    if (data.messages.size() < limits_.messages)
        data.messages.emplace_back(kind, text);
    else
        ++data.more_messages;
}

void HtmlSink::end(std::span<const Statistic> figures) {
    static_cast<void>(sections_.flush());
    ReportData& data = store_->end();
    data.start_ns = context_.start_ns;
    data.end_ns = std::max(data.end_ns, data.start_ns);
    for (const Statistic& figure : figures) {
        if (figure.name.starts_with("lost_")) data.lost += figure.value;
        // The time and memory that a replay takes say nothing about what it replays: they are another's each time.
        if (!figure.unit.empty() && !head_.replayed.empty()) continue;
        data.figures.emplace_back(figure.name,
                                  fmt::format("{}{}{}", figure.value, figure.unit.empty() ? "" : " ", figure.unit));
    }
    store_->write_page(report_page(head_, data, limits_));
}

}  // namespace probevue
