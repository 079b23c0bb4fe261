// Names of numbers: what name_of() makes of a state, a flag, a protocol or an error number.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/builtin.h"

namespace probevue {

enum class NameSet : uint8_t {
#define NAME_SET(id, form, source, doc) id,
#define NAMED(...)
#define NAMED_BY(...)
#define NAME(...)
#include "builtins/names.def"
#undef NAME
#undef NAMED_BY
#undef NAMED
#undef NAME_SET
};

// Where the names of a set come from.
enum class NameForm : uint8_t {
    listed,     // rows of names.def
    letters,    // rows of names.def, each a bit with a letter: the letters of those that are set, "none" without any
    constants,  // constants of the language (constants.def), without the beginning that they share
    bits,       // so too, each a bit: the names of those that are set, joined by `|`
    library,    // what the system's libraries know
};

struct NameSetRow {
    NameSet id;
    std::string_view name;
    NameForm form;
    // Of `constants` and `bits`: the group, which is the beginning of the names. Of `listed`: another set whose names
    // it has too.
    std::string_view source;
    std::string_view doc;
};
std::span<const NameSetRow> name_sets();
const NameSetRow& name_set(NameSet id);
// Null when there is no such set.
const NameSetRow* find_name_set(std::string_view name);

// The name of a number of any set but those of form `library`. A number without one gives it in decimal; bits without
// one are added in hexadecimal ("DONTWAIT|0x200000").
std::string listed_name(NameSet set, int64_t number);
// All names of a set, in the order of the rows; of form `library` none.
struct NumberName {
    int64_t number;
    std::string_view name;
};
std::vector<NumberName> names_in(NameSet set);
// Bytes that hold any name of the set, without a NUL, what has no name included.
uint16_t longest_name(NameSet set);

// The set that the numbers of a built-in variable belong to; nothing where they have no names.
std::optional<NameSet> names_of(const BuiltinRow& row);
// The member of the same variable that has the name, where only the kernel of the event knows it ("reason_str"); else
// empty.
std::string_view named_by(const BuiltinRow& row);

}  // namespace probevue
