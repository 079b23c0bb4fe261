#include "runtime/sinks/array_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "runtime/sinks/array_order.h"
#include "runtime/sinks/distribution_text.h"
#include "runtime/sinks/ruler.h"
#include "runtime/sinks/si_text.h"

namespace probevue {
namespace {

using Form = ArrayPrintOptions::Form;

bool draws_bars(Form form) { return form == Form::linear_bars || form == Form::logarithmic_bars; }

// By second, with as many of three decimals as it needs.
void append_rate(TextBuffer& to, double value, Unit unit) {
    if (unit != Unit::none) return to.append(si_text(value, unit) + "/s");
    std::string text = fmt::format("{:.3f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    to.append(text);
    to.append("/s");
}

// The number that a bar stands for; 0 for what is no number.
double bar_number(const RecordField& field, const std::byte* at, uint8_t list_values, const Names& names) {
    switch (field.kind) {
        case FieldKind::integer:
            if (field.is_signed) return static_cast<double>(load<int64_t>(at));
            return static_cast<double>(load<uint64_t>(at));
        case FieldKind::floating:
            return load<double>(at);
        case FieldKind::list:
            return static_cast<double>(list_number(load<ListValue>(at), list_values));
        case FieldKind::distinct:
            return static_cast<double>(names.distinct(load<uint64_t>(at)));
        default:
            return 0;
    }
}

class ArrayWriter {
public:
    ArrayWriter(TextBuffer& to, const ArrayLayout& layout, const ArrayPrintOptions& options, TextContext& context,
                const Look& look)
        : to_(to), layout_(layout), options_(options), context_(context), look_(look) {
        const FieldKind kind = layout.value.kind;
        const bool is_number = kind == FieldKind::integer || kind == FieldKind::floating || kind == FieldKind::distinct;
        cell_ = is_number ? ColumnMark::right : ColumnMark::left;
    }

    // What holds for all the elements that are printed.
    void look_at(std::span<const ElementView> elements) {
        if (!draws_bars(options_.form)) return;
        if (layout_.value.kind == FieldKind::dist) {
            std::vector<const Distribution*> all;
            for (const ElementView& element : elements) all.push_back(distribution(element));
            parts_ = histogram_parts(all);
            return;
        }
        for (const ElementView& element : elements) longest_ = std::max(longest_, length(element));
        if (layout_.value.kind == FieldKind::list)
            cells_ = std::max<size_t>(1, static_cast<size_t>(std::popcount(options_.list_values)));
    }

    // Above the bars of the elements.
    bool has_ruler() const { return look_.columns && longest_ > 0; }
    void scale() {
        for (const ColumnMark cell : {ColumnMark::left, ColumnMark::left, cell_}) mark(cell);
        for (size_t i = 1; i < cells_; ++i) mark(ColumnMark::left);
        mark(ColumnMark::left);
        append_ruler(longest_, ruler_unit());
    }

    void element(const ElementView& element) {
        mark(ColumnMark::left);
        name(element);
        if (layout_.value.kind == FieldKind::range) {
            to_.push('\n');
            slots(load<uint64_t>(element.value + layout_.value.offset));
            return;
        }
        mark(ColumnMark::left);
        mark(ColumnMark::quiet);
        to_.append(" = ");
        mark(ColumnMark::plain);
        value(element);
        if (layout_.value.kind == FieldKind::dist) {
            to_.push('\n');
            if (draws_bars(options_.form)) rows(distribution(element));
            return;
        }
        if (draws_bars(options_.form)) {
            mark(ColumnMark::left);
            append_bar(length(element), longest_);
        }
        to_.push('\n');
    }

private:
    void mark(ColumnMark mark) {
        if (!look_.is_plain()) to_.push(static_cast<char>(mark));
    }
    Unit unit_of(const RecordField& field) const { return context_.si ? field.unit : Unit::none; }

    // Bars of lists are of their first figure that is printed.
    Unit ruler_unit() const {
        const bool counts = layout_.value.kind == FieldKind::list &&
                            ((options_.list_values & ArrayPrintOptions::list_count) != 0 || options_.list_values == 0);
        return counts ? Unit::none : layout_.value.unit;
    }

    double length(const ElementView& element) const {
        return bar_length(
            bar_number(layout_.value, element.value + layout_.value.offset, options_.list_values, context_.names),
            options_.form);
    }

    void append_bar(double length, double longest) {
        to_.append(" |");
        if (!(length > 0)) return;
        mark(ColumnMark::bar);
        to_.fill('@', static_cast<size_t>(std::max(1L, std::lround(length / longest * longest_bar))));
        mark(ColumnMark::plain);
    }

    void append_ruler(double longest, Unit unit) {
        mark(ColumnMark::quiet);
        to_.append(" |");
        to_.append(ruler(longest, options_.form, context_.si ? unit : Unit::none));
        mark(ColumnMark::plain);
        to_.push('\n');
    }

    void name(const ElementView& element) {
        to_.append(layout_.name);
        if (layout_.keys.empty()) return;  // one value without a key
        to_.push('[');
        mark(ColumnMark::key);
        bool first = true;
        for (const RecordField& field : layout_.keys) {
            if (!first) to_.append(", ");
            first = false;
            if (options_.hexadecimal && field.kind == FieldKind::integer)
                append_hex(to_, load<uint64_t>(element.key + field.offset));
            else
                append_value(to_, field, element.key + field.offset, context_, options_.list_values);
        }
        mark(ColumnMark::plain);
        to_.push(']');
    }

    void value(const ElementView& element) {
        const RecordField& field = layout_.value;
        const std::byte* at = element.value + field.offset;
        mark(cell_);
        if (options_.form == Form::rates) return append_rate(to_, load<double>(at), unit_of(field));
        if (look_.is_plain() || (field.kind != FieldKind::list && field.kind != FieldKind::dist))
            return append_value(to_, field, at, context_, options_.list_values);
        TextBuffer text;
        append_value(text, field, at, context_, options_.list_values);
        figures(text.view());
    }

    // `count=3 sum=12`: a cell each, its name quiet.
    void figures(std::string_view text) {
        for (bool first = true; !text.empty(); first = false) {
            const size_t equals = std::min(text.find('='), text.size() - 1);
            const size_t next = std::min(text.find('=', equals + 1), text.size());
            const size_t end = next == text.size() ? next : text.rfind(' ', next) + 1;
            if (!first) mark(ColumnMark::left);
            mark(ColumnMark::quiet);
            to_.append(text.substr(0, equals + 1));
            mark(ColumnMark::plain);
            to_.append(text.substr(equals + 1, end - equals - 1));
            text.remove_prefix(end);
        }
    }

    void slots(uint64_t handle) {
        const std::vector<RangeSlotView> slots = context_.names.range(handle);
        double longest = 0;
        size_t label = 0;
        size_t digits = 0;
        for (const RangeSlotView& slot : slots) {
            longest = std::max(longest, bar_length(static_cast<double>(slot.count), options_.form));
            if (look_.columns) label = std::max(label, slot.label.size());
            if (look_.columns) digits = std::max(digits, std::to_string(slot.count).size());
        }
        if (look_.columns && draws_bars(options_.form) && longest > 0) {
            to_.fill(' ', 4 + label + 2 + digits);
            append_ruler(longest, Unit::none);
        }
        for (const RangeSlotView& slot : slots) {
            to_.append("    ");
            mark(ColumnMark::key);
            to_.append(fmt::format("{:<{}}", slot.label, label));
            mark(ColumnMark::plain);
            to_.append("  ");
            to_.append(fmt::format("{:>{}}", slot.count, digits));
            if (draws_bars(options_.form))
                append_bar(bar_length(static_cast<double>(slot.count), options_.form), longest);
            to_.push('\n');
        }
    }

    const Distribution* distribution(const ElementView& element) const {
        return context_.names.distribution(load<uint64_t>(element.value + layout_.value.offset));
    }

    // A bound of a histogram.
    std::string bound(int64_t value) const { return si_text(value, unit_of(layout_.value)); }
    // The one above a row. Above the greatest number of 64 bits there is one more.
    std::string bound_above(int64_t to) const {
        if (to < 0) return bound(to + 1);
        return si_text(static_cast<uint64_t>(to) + 1, unit_of(layout_.value));
    }

    // The histogram: bounds, the upper one outside, and counts in columns.
    void rows(const Distribution* of) {
        if (of == nullptr || of->count() == 0) return;
        const std::vector<HistogramRow> rows = histogram(*of, parts_);
        size_t low = 0;
        size_t high = 0;
        size_t digits = 0;
        double longest = 0;
        for (const HistogramRow& row : rows) {
            low = std::max(low, bound(row.from).size());
            high = std::max(high, bound_above(row.to).size());
            digits = std::max(digits, std::to_string(row.count).size());
            longest = std::max(longest, bar_length(static_cast<double>(row.count), options_.form));
        }
        if (look_.columns) {
            to_.fill(' ', 4 + 1 + low + 2 + high + 1 + 2 + digits);
            append_ruler(longest, Unit::none);
        }
        for (const HistogramRow& row : rows) {
            to_.append("    ");
            mark(ColumnMark::key);
            to_.append(fmt::format("[{:>{}}, {:>{}})", bound(row.from), low, bound_above(row.to), high));
            mark(ColumnMark::plain);
            to_.append(fmt::format("  {:>{}}", row.count, digits));
            append_bar(bar_length(static_cast<double>(row.count), options_.form), longest);
            to_.push('\n');
        }
    }

    TextBuffer& to_;
    const ArrayLayout& layout_;
    const ArrayPrintOptions& options_;
    TextContext& context_;
    const Look& look_;
    ColumnMark cell_;
    size_t cells_ = 1;  // that a value takes: figures of a list have one each
    double longest_ = 0;
    unsigned parts_ = 1;  // rows of a histogram for each power of two
};

}  // namespace

void append_array(TextBuffer& to, const ArrayLayout& layout, std::span<const ElementView> elements,
                  const ArrayPrintOptions& options, TextContext& context,
                  const std::function<void(TextBuffer&)>& prefix, const Look& look) {
    const std::vector<ElementView> ordered = ordered_elements(layout, elements, options, context.names);
    TextBuffer marked;
    ArrayWriter writer(look.is_plain() ? to : marked, layout, options, context, look);
    TextBuffer& lines = look.is_plain() ? to : marked;
    writer.look_at(ordered);
    if (writer.has_ruler()) {
        if (prefix) prefix(lines);
        writer.scale();
    }
    for (const ElementView& element : ordered) {
        if (prefix) prefix(lines);
        writer.element(element);
    }
    if (!look.is_plain()) lay_out(to, marked.view(), look);
}

}  // namespace probevue
