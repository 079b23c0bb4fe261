#include "runtime/sinks/folded_text.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace probevue {
namespace {

// The keys of an element as one line without its count.
std::string folded_key(const ArrayLayout& layout, const std::byte* key, TextContext& context) {
    std::string others;
    std::string stacks;
    for (const RecordField& field : layout.keys) {
        const bool is_stack = field.kind == FieldKind::stack;
        std::string& to = is_stack ? stacks : others;
        if (!to.empty()) to += ';';
        if (is_stack) {
            to += context.names.folded_stack(load<uint64_t>(key + field.offset));
            continue;
        }
        TextBuffer text;
        append_value(text, field, key + field.offset, context, ArrayPrintOptions::list_all);
        std::string shown(text.view());
        std::replace(shown.begin(), shown.end(), ';', ':');  // it parts functions
        to += shown;
    }
    return others.empty() || stacks.empty() ? others + stacks : others + ';' + stacks;
}

}  // namespace

void append_folded(TextBuffer& to, const ArrayLayout& layout, std::span<const ElementView> elements,
                   const ArrayPrintOptions& options, TextContext& context) {
    std::map<std::string, uint64_t> sums;
    for (const ElementView& element : elements)
        sums[folded_key(layout, element.key, context)] += load<uint64_t>(element.value + layout.value.offset);
    std::vector<std::pair<std::string, uint64_t>> lines(sums.begin(), sums.end());
    const auto less = [&](const auto& a, const auto& b) {
        if (!options.by_value) return a.first < b.first;
        if (!layout.value.is_signed) return a.second < b.second;
        return static_cast<int64_t>(a.second) < static_cast<int64_t>(b.second);
    };
    std::stable_sort(lines.begin(), lines.end(),
                     [&](const auto& a, const auto& b) { return options.descending ? less(b, a) : less(a, b); });
    if (options.limit != 0 && options.limit < lines.size()) lines.resize(options.limit);
    for (const auto& [key, sum] : lines) {
        to.append(key);
        to.push(' ');
        layout.value.is_signed ? append_signed(to, static_cast<int64_t>(sum)) : append_unsigned(to, sum);
        to.push('\n');
    }
}

}  // namespace probevue
