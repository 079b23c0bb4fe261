#include "runtime/sinks/array_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/sinks/array_order.h"

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

// The number that a bar stands for; 0 for what is no number.
double bar_number(const RecordField& field, const std::byte* at, uint8_t list_values) {
    switch (field.kind) {
        case FieldKind::integer:
            if (field.is_signed) return static_cast<double>(load<int64_t>(at));
            return static_cast<double>(load<uint64_t>(at));
        case FieldKind::floating:
            return load<double>(at);
        case FieldKind::list:
            return static_cast<double>(list_number(load<ListValue>(at), list_values));
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

    void find_longest(std::span<const ElementView> elements) {
        if (options_.form == Form::print) return;
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
        append_value(to_, layout_.value, element.value + layout_.value.offset, context_, options_.list_values);
        if (options_.form != Form::print) append_bar(to_, length(element), longest_);
        to_.push('\n');
    }

private:
    double length(const ElementView& element) const {
        return length_of(bar_number(layout_.value, element.value + layout_.value.offset, options_.list_values),
                         options_.form);
    }

    void name(const ElementView& element) {
        to_.append(layout_.name);
        to_.push('[');
        bool first = true;
        for (const RecordField& field : layout_.keys) {
            if (!first) to_.append(", ");
            first = false;
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
            if (options_.form != Form::print) {
                append_bar(to_, length_of(static_cast<double>(slot.count), options_.form), longest);
            }
            to_.push('\n');
        }
    }

    TextBuffer& to_;
    const ArrayLayout& layout_;
    const ArrayPrintOptions& options_;
    TextContext& context_;
    double longest_ = 0;
};

}  // namespace

void append_array(TextBuffer& to, const ArrayLayout& layout, std::span<const ElementView> elements,
                  const ArrayPrintOptions& options, TextContext& context,
                  const std::function<void(TextBuffer&)>& prefix) {
    const std::vector<ElementView> ordered = ordered_elements(layout, elements, options, context.names);
    ArrayWriter writer(to, layout, options, context);
    writer.find_longest(ordered);
    for (const ElementView& element : ordered) {
        if (prefix) prefix(to);
        writer.element(element);
    }
}

}  // namespace probevue
