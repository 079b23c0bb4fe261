// Private to compiler/sema: what one walk over a script learns for the next. A script is walked again while a later use
// widens something that an earlier one relied on: the length of a String whose variable was not declared, the keys of
// an associative array, the type of an array that is read before the text stores into it, the memory that a pointer
// points into.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/type.h"

namespace probevue::sema {

// Longest String, in bytes.
inline constexpr uint32_t max_string = 4096;
// Length of a String that grows from itself (`s = s + "x"`), and of text behind a pointer.
inline constexpr uint32_t open_string = 256;

// A type without the table that owns it.
struct Shape {
    TypeKind kind = TypeKind::integer;
    uint32_t size = 8;
    bool is_signed = true;
    uint32_t length = 0;  // Strings
    AddressSpace space = AddressSpace::none;

    static Shape of(TypeRef type);
    TypeRef type(TypeTable& types) const;
};

struct ArrayPlan {
    std::vector<Shape> keys;     // empty: no use has said them
    std::optional<Shape> value;  // empty: nothing has been stored
    bool bare = false;           // there is one value, which has no key
};

class Plan {
public:
    void begin_pass() {
        changed_ = false;
        ++passes_;
    }
    bool changed() const { return changed_; }
    void mark_changed() { changed_ = true; }

    // The planned length of the String `key`, at least `wanted` (which is noted).
    uint32_t begin_string(const std::string& key, uint32_t wanted);
    // A use of the String `key` has this length. Returns the length that holds in this pass.
    uint32_t widen_string(const std::string& key, uint32_t wanted);

    AddressSpace space(const std::string& key) const;
    void set_space(const std::string& key, AddressSpace space);

    std::map<std::string, ArrayPlan> arrays;  // by name
    std::set<std::string> sought;             // names that were asked for before a use made them

private:
    // Growth is followed for this many walks; what still grows then grows from itself.
    static constexpr int followed_passes = 4;

    std::map<std::string, uint32_t> lengths_;
    std::map<std::string, AddressSpace> spaces_;
    int passes_ = 0;
    bool changed_ = false;
};

}  // namespace probevue::sema
