#include "runtime/sinks/array_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "runtime/sinks/array_order.h"
#include "runtime/sinks/distribution_text.h"

namespace probevue {
namespace {

using Form = ArrayPrintOptions::Form;

// Length of a value before it is scaled: the value itself, or for logarithmic bars log2(value) + 1. Nothing for what is
// not positive.
double length_of(double value, Form form) {
    if (!(value > 0) || !std::isfinite(value)) return 0;
    if (form == Form::linear_bars) return value;
    return std::max(0.0, std::log2(value) + 1);
}

bool draws_bars(Form form) { return form == Form::linear_bars || form == Form::logarithmic_bars; }

// By second, with as many of three decimals as it needs.
void append_rate(TextBuffer& to, double value) {
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

void append_bar(TextBuffer& to, double length, double longest) {
    to.append(" |");
    if (length > 0) to.fill('@', static_cast<size_t>(std::max(1L, std::lround(length / longest * longest_bar))));
}

class ArrayWriter {
public:
    ArrayWriter(TextBuffer& to, const ArrayLayout& layout, const ArrayPrintOptions& options, TextContext& context)
        : to_(to), layout_(layout), options_(options), context_(context) {}

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
    }

    void element(const ElementView& element) {
        name(element);
        if (layout_.value.kind == FieldKind::range) {
            to_.push('\n');
            slots(load<uint64_t>(element.value + layout_.value.offset));
            return;
        }
        to_.append(" = ");
        if (options_.form == Form::rates) {
            append_rate(to_, load<double>(element.value + layout_.value.offset));
            to_.push('\n');
            return;
        }
        append_value(to_, layout_.value, element.value + layout_.value.offset, context_, options_.list_values);
        if (layout_.value.kind == FieldKind::dist) {
            to_.push('\n');
            if (draws_bars(options_.form)) rows(distribution(element));
            return;
        }
        if (draws_bars(options_.form)) append_bar(to_, length(element), longest_);
        to_.push('\n');
    }

private:
    double length(const ElementView& element) const {
        return length_of(
            bar_number(layout_.value, element.value + layout_.value.offset, options_.list_values, context_.names),
            options_.form);
    }

    void name(const ElementView& element) {
        to_.append(layout_.name);
        if (layout_.keys.empty()) return;  // one value without a key
        to_.push('[');
        bool first = true;
        for (const RecordField& field : layout_.keys) {
            if (!first) to_.append(", ");
            first = false;
            if (options_.hexadecimal && field.kind == FieldKind::integer)
                append_hex(to_, load<uint64_t>(element.key + field.offset));
            else
                append_value(to_, field, element.key + field.offset, context_, options_.list_values);
        }
        to_.push(']');
    }

    void slots(uint64_t handle) {
        const std::vector<RangeSlotView> slots = context_.names.range(handle);
        double longest = 0;
        for (const RangeSlotView& slot : slots) {
            longest = std::max(longest, length_of(static_cast<double>(slot.count), options_.form));
        }
        for (const RangeSlotView& slot : slots) {
            to_.append("    ");
            to_.append(slot.label);
            to_.append("  ");
            append_unsigned(to_, slot.count);
            if (draws_bars(options_.form)) {
                append_bar(to_, length_of(static_cast<double>(slot.count), options_.form), longest);
            }
            to_.push('\n');
        }
    }

    const Distribution* distribution(const ElementView& element) const {
        return context_.names.distribution(load<uint64_t>(element.value + layout_.value.offset));
    }

    // The histogram: bounds, the upper one outside, and counts in columns.
    void rows(const Distribution* of) {
        if (of == nullptr || of->count() == 0) return;
        const std::vector<HistogramRow> rows = histogram(*of, parts_);
        // Above the greatest number of 64 bits there is one more bound.
        const auto bound = [](int64_t to) {
            return to < 0 ? std::to_string(to + 1) : std::to_string(static_cast<uint64_t>(to) + 1);
        };
        size_t low = 0;
        size_t high = 0;
        size_t digits = 0;
        double longest = 0;
        for (const HistogramRow& row : rows) {
            low = std::max(low, std::to_string(row.from).size());
            high = std::max(high, bound(row.to).size());
            digits = std::max(digits, std::to_string(row.count).size());
            longest = std::max(longest, length_of(static_cast<double>(row.count), options_.form));
        }
        for (const HistogramRow& row : rows) {
            to_.append(
                fmt::format("    [{:>{}}, {:>{}})  {:>{}}", row.from, low, bound(row.to), high, row.count, digits));
            append_bar(to_, length_of(static_cast<double>(row.count), options_.form), longest);
            to_.push('\n');
        }
    }

    TextBuffer& to_;
    const ArrayLayout& layout_;
    const ArrayPrintOptions& options_;
    TextContext& context_;
    double longest_ = 0;
    unsigned parts_ = 1;  // rows of a histogram for each power of two
};

}  // namespace

void append_array(TextBuffer& to, const ArrayLayout& layout, std::span<const ElementView> elements,
                  const ArrayPrintOptions& options, TextContext& context,
                  const std::function<void(TextBuffer&)>& prefix) {
    const std::vector<ElementView> ordered = ordered_elements(layout, elements, options, context.names);
    ArrayWriter writer(to, layout, options, context);
    writer.look_at(ordered);
    for (const ElementView& element : ordered) {
        if (prefix) prefix(to);
        writer.element(element);
    }
}

}  // namespace probevue
