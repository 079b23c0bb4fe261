// What a process has to do, and the rights that it keeps for that: the rows of needs.def.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/program.h"

namespace probevue {

enum class Need : uint8_t {
#define NEED(name, ids, filter, capabilities, what, why) name,
#include "runtime/privileges/needs.def"
#undef NEED
};

struct NeedRow {
    Need need;
    std::string_view name;
    bool keeps_ids;         // the user that it was started as
    bool filters_closed;    // system calls are those of calls.def alone
    uint64_t capabilities;  // bit n is capability number n of <linux/capability.h>
    std::string_view what;
    std::string_view why;
};

// One row a need, in the order of the enumeration.
std::span<const NeedRow> need_rows();

// A set of them.
class Needs {
public:
    Needs(std::initializer_list<Need> needs) {
        for (const Need need : needs) add(need);
    }
    void add(Need need) { bits_ |= 1u << static_cast<uint8_t>(need); }
    bool has(Need need) const { return (bits_ >> static_cast<uint8_t>(need) & 1) != 0; }

    // All rows together.
    uint64_t capabilities() const;
    bool keep_ids() const;
    // No row leaves it open.
    bool close_filter() const;

private:
    uint32_t bits_ = 0;
};

// Of a session that has started to look at the system: what its clauses still ask of other processes and of the kernel
// when their events have been read.
void add_needs_of(const Program& program, Needs& needs);

// "CAP_SYS_PTRACE"; "CAP_70" for one that has no name here.
std::string capability_name(unsigned number);

}  // namespace probevue
