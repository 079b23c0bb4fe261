#include "runtime/sinks/array_order.h"

#include <algorithm>
#include <bit>
#include <compare>
#include <cstring>
#include <numeric>
#include <string>
#include <unordered_map>

namespace probevue {
namespace {

// Bits of a double as an integer that sorts in the same way; NaN stands at the ends, and the order is total.
int64_t sortable(double value) {
    // -0.0 and 0.0 are equal; below 0 a greater magnitude is a smaller number, and comes out so with the other bits
    // turned round.
    const auto bits = std::bit_cast<int64_t>(value == 0 ? 0.0 : value);
    return bits < 0 ? bits ^ std::numeric_limits<int64_t>::max() : bits;
}

// Of values by their fields: less than, equal to or greater than 0.
class Comparison {
public:
    Comparison(uint8_t list_values, const Names& names) : list_values_(list_values), names_(names) {}

    // The first field that differs decides. Both addresses are those of what the fields lie in.
    int operator()(std::span<const RecordField> keys, const std::byte* a, const std::byte* b) {
        for (const RecordField& field : keys) {
            const int order = (*this)(field, a, b);
            if (order != 0) return order;
        }
        return 0;
    }
    int operator()(const RecordField& field, const std::byte* a, const std::byte* b) {
        return fields(field, a + field.offset, b + field.offset);
    }

private:
    template <typename T>
    static int numbers(T a, T b) {
        return a < b ? -1 : a > b ? 1 : 0;
    }

    int fields(const RecordField& field, const std::byte* a, const std::byte* b) {
        switch (field.kind) {
            case FieldKind::integer:
                if (field.is_signed) return numbers(load<int64_t>(a), load<int64_t>(b));
                return numbers(load<uint64_t>(a), load<uint64_t>(b));
            case FieldKind::floating:
                return numbers(sortable(load<double>(a)), sortable(load<double>(b)));
            case FieldKind::mac:
            case FieldKind::timestamp:
                return numbers(load<uint64_t>(a), load<uint64_t>(b));
            case FieldKind::string:
                return load_string(a, field.size).compare(load_string(b, field.size));
            case FieldKind::bytes:
                return std::memcmp(a, b, field.size);
            case FieldKind::ip:
                return compare(load<IpAddress>(a), load<IpAddress>(b));
            case FieldKind::path:
            case FieldKind::stack:
                return text(field, a).compare(text(field, b));
            case FieldKind::list:
                return numbers(list_number(load<ListValue>(a), list_values_),
                               list_number(load<ListValue>(b), list_values_));
            case FieldKind::range:
                return numbers(counted(a), counted(b));
            case FieldKind::dist:
                return numbers(values(a), values(b));
            case FieldKind::distinct:
                return numbers(different(a), different(b));
        }
        return 0;
    }

    // Kept, since a sort asks for each many times, and stacks take long to name.
    const std::string& text(const RecordField& field, const std::byte* at) {
        const auto identifier = load<uint64_t>(at);
        auto& texts = field.kind == FieldKind::path ? paths_ : stacks_;
        const auto found = texts.find(identifier);
        if (found != texts.end()) return found->second;
        std::string text = field.kind == FieldKind::path ? names_.path(identifier) : names_.stack(identifier, true);
        return texts.emplace(identifier, std::move(text)).first->second;
    }

    uint64_t counted(const std::byte* at) {
        const auto handle = load<uint64_t>(at);
        const auto found = counts_.find(handle);
        if (found != counts_.end()) return found->second;
        uint64_t count = 0;
        for (const RangeSlotView& slot : names_.range(handle)) count += slot.count;
        counts_.emplace(handle, count);
        return count;
    }

    uint64_t values(const std::byte* at) const {
        const Distribution* found = names_.distribution(load<uint64_t>(at));
        return found == nullptr ? 0 : found->count();
    }

    uint64_t different(const std::byte* at) {
        const auto handle = load<uint64_t>(at);
        const auto [entry, fresh] = different_.try_emplace(handle);
        if (fresh) entry->second = names_.distinct(handle);
        return entry->second;
    }

    const uint8_t list_values_;
    const Names& names_;
    std::unordered_map<uint64_t, std::string> paths_;
    std::unordered_map<uint64_t, std::string> stacks_;
    std::unordered_map<uint64_t, uint64_t> counts_;
    std::unordered_map<uint64_t, uint64_t> different_;
};

// No more than the limit; 0: all.
template <typename Item, typename Before>
std::vector<Item> sorted(std::span<const Item> items, uint64_t limit, const Before& before) {
    std::vector<Item> ordered(items.begin(), items.end());
    if (limit != 0 && limit < ordered.size()) {
        const auto end = ordered.begin() + static_cast<ptrdiff_t>(limit);
        // Arrays may have millions of elements of which ten are printed.
        std::partial_sort(ordered.begin(), end, ordered.end(), before);
        ordered.erase(end, ordered.end());
    } else {
        std::sort(ordered.begin(), ordered.end(), before);
    }
    return ordered;
}

}  // namespace

std::vector<ElementView> ordered_elements(const ArrayLayout& layout, std::span<const ElementView> elements,
                                          const ArrayPrintOptions& options, const Names& names) {
    Comparison comparison(options.list_values, names);
    return sorted(elements, options.limit, [&](const ElementView& a, const ElementView& b) {
        if (options.by_value) {
            const int order = comparison(layout.value, a.value, b.value);
            if (order != 0) return options.descending ? order > 0 : order < 0;
            // Equal values in ascending order of their keys, also when values descend: output is the same in every run.
            return comparison(layout.keys, a.key, b.key) < 0;
        }
        const int order = comparison(layout.keys, a.key, b.key);
        return options.descending ? order > 0 : order < 0;
    });
}

class KeyOrder::Parts {
public:
    explicit Parts(const Names& names) : comparison(ArrayPrintOptions::list_all, names) {}
    Comparison comparison;
};

KeyOrder::KeyOrder(std::span<const RecordField> keys, const Names& names)
    : keys_(keys), parts_(std::make_unique<Parts>(names)) {}
KeyOrder::~KeyOrder() = default;
int KeyOrder::operator()(const std::byte* a, const std::byte* b) { return parts_->comparison(keys_, a, b); }

std::vector<const std::byte*> ordered_rows(const TableLayout& layout, std::span<const std::byte* const> rows,
                                           const Names& names) {
    Comparison comparison(ArrayPrintOptions::list_all, names);
    const std::span<const RecordField> fields = layout.row.fields;
    const std::span<const RecordField> keys = fields.first(layout.keys);
    const std::span<const RecordField> first = layout.by_key ? keys : fields.subspan(layout.sort_field, 1);
    return sorted(rows, layout.limit, [&](const std::byte* a, const std::byte* b) {
        const int order = comparison(first, a, b);
        if (order != 0) return layout.descending ? order > 0 : order < 0;
        return comparison(keys, a, b) < 0;
    });
}

}  // namespace probevue
