#include "builtins/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "builtins/function.h"

namespace probevue {
namespace {

constexpr NameSetRow sets[] = {
#define NAME_SET(id, form, source, doc) {NameSet::id, #id, NameForm::form, source, doc},
#define NAMED(...)
#define NAMED_BY(...)
#define NAME(...)
#include "builtins/names.def"
#undef NAME
#undef NAMED_BY
#undef NAMED
#undef NAME_SET
};

struct Name {
    NameSet set;
    int64_t number;
    std::string_view name;
};
constexpr Name names[] = {
#define NAME_SET(...)
#define NAMED(...)
#define NAMED_BY(...)
#define NAME(set, number, name) {NameSet::set, number, name},
#include "builtins/names.def"
#undef NAME
#undef NAMED_BY
#undef NAMED
#undef NAME_SET
};

// A built-in variable with names: a set, or the member that has them.
struct Named {
    std::string_view name;
    std::string_view member;
    std::optional<NameSet> set;
    std::string_view by = {};
};
constexpr Named named[] = {
#define NAME_SET(...)
#define NAMED(name, member, set) {#name, #member, NameSet::set},
#define NAMED_BY(name, member, other) {#name, #member, std::nullopt, #other},
#define NAME(...)
#include "builtins/names.def"
#undef NAME
#undef NAMED_BY
#undef NAMED
#undef NAME_SET
};

constexpr size_t longest_number = 20;  // of 64 bits, with its sign

template <typename Visit>
void each_name(const NameSetRow& set, Visit visit) {
    if (set.form == NameForm::constants || set.form == NameForm::bits) {
        for (const ConstantRow& row : constants()) {
            if (row.group == set.source && row.right.empty()) visit(row.value, row.name.substr(set.source.size()));
        }
    } else {
        for (const Name& row : names) {
            if (row.set == set.id) visit(row.number, row.name);
        }
        // A list may go on with the names of another set. Its own come first, and are those that count.
        if (set.form != NameForm::listed || set.source.empty()) return;
        const auto* other = std::ranges::find(sets, set.source, &NameSetRow::name);
        for (const Name& row : names) {
            if (row.set == other->id) visit(row.number, row.name);
        }
    }
}

// What names are found by.
constexpr auto place_of = [](const Name& one) { return std::pair(one.set, one.number); };

// Every name that a number can have by itself, by set and number: clauses ask for one with each packet. Of several for
// a number the first row's comes first.
const std::vector<Name>& names_by_number() {
    static const std::vector<Name> sorted = [] {
        std::vector<Name> all;
        for (const NameSetRow& set : sets)
            each_name(set, [&](int64_t number, std::string_view name) { all.push_back({set.id, number, name}); });
        std::ranges::stable_sort(all, {}, place_of);
        return all;
    }();
    return sorted;
}

std::string bit_names(const NameSetRow& set, uint64_t number) {
    std::string out;
    const std::string_view between = set.form == NameForm::bits ? "|" : "";
    const auto add = [&](std::string_view name) {
        if (!out.empty()) out += between;
        out += name;
    };
    each_name(set, [&](int64_t bit, std::string_view name) {
        const auto mask = static_cast<uint64_t>(bit);
        // Names of several bits are only meant when all of them are set; 0 has no bit to be named by.
        if (mask == 0 || (number & mask) != mask) return;
        add(name);
        number &= ~mask;
    });
    if (number != 0) add(fmt::format("{:#x}", number));
    return out;
}

const Named* find_named(const BuiltinRow& row) {
    const auto* found =
        std::ranges::find_if(named, [&](const Named& one) { return one.name == row.name && one.member == row.member; });
    return found == std::end(named) ? nullptr : found;
}

}  // namespace

std::span<const NameSetRow> name_sets() { return sets; }

const NameSetRow& name_set(NameSet id) { return sets[static_cast<size_t>(id)]; }

const NameSetRow* find_name_set(std::string_view name) {
    const auto* found = std::ranges::find(sets, name, &NameSetRow::name);
    return found == std::end(sets) ? nullptr : found;
}

std::vector<NumberName> names_in(NameSet id) {
    std::vector<NumberName> out;
    each_name(name_set(id), [&](int64_t number, std::string_view name) { out.push_back({number, name}); });
    return out;
}

std::string listed_name(NameSet id, int64_t number) {
    const NameSetRow& set = name_set(id);
    if (number != 0 && (set.form == NameForm::bits || set.form == NameForm::letters))
        return bit_names(set, static_cast<uint64_t>(number));
    if (set.form == NameForm::letters) return "none";
    const std::vector<Name>& all = names_by_number();
    const std::pair place(id, number);
    const auto found = std::ranges::lower_bound(all, place, {}, place_of);
    const bool has_one = found != all.end() && place_of(*found) == place && !found->name.empty();
    return has_one ? std::string(found->name) : std::to_string(number);
}

uint16_t longest_name(NameSet id) {
    const NameSetRow& set = name_set(id);
    if (set.form == NameForm::library) return 64;  // the longest name of a system call has 29 letters
    size_t one = 0;
    size_t all = 0;
    each_name(set, [&](int64_t, std::string_view name) {
        one = std::max(one, name.size());
        all += name.size() + 1;
    });
    const bool joined = set.form == NameForm::bits || set.form == NameForm::letters;
    return static_cast<uint16_t>(std::max(longest_number, joined ? all + longest_number : one));
}

std::optional<NameSet> names_of(const BuiltinRow& row) {
    const Named* found = find_named(row);
    return found == nullptr ? std::nullopt : found->set;
}

std::string_view named_by(const BuiltinRow& row) {
    const Named* found = find_named(row);
    return found == nullptr ? std::string_view() : found->by;
}

}  // namespace probevue
