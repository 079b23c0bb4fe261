// What the compiler has to know of a kernel to write programs for it. Compiling is a function of the text and these
// facts: runtime/kernel reads them from the running kernel, tests have a fixed set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/hooks.h"
#include "builtins/processors.h"

namespace probevue {

// A path from an address to a value: at each step `offset` is added, and where `dereference` is set the pointer there
// is followed.
struct PathStep {
    uint32_t offset = 0;  // bytes
    bool dereference = false;
    uint32_t target_size = 0;  // of the structure that the pointer leads to, bytes; 0: no structure
};

struct ResolvedPath {
    std::vector<PathStep> steps;  // the last is never a dereference
    uint32_t size = 0;            // bytes of the value; of a bit-field, of the unit that holds it
    bool is_signed = false;
    uint8_t bit_offset = 0;  // from the least significant bit of the unit
    uint8_t bit_width = 0;   // 0: no bit-field
};

// How an argument that is a number lies in its 8 bytes: the upper ones hold anything.
struct ArgumentShape {
    uint8_t bytes = 8;
    bool is_signed = false;
};

// Identifies a type of the kernel; 0 is void.
using KernelTypeId = uint32_t;

struct KernelMember {
    std::string name;  // empty: of a structure or union whose members count as those of the outer one
    KernelTypeId type = 0;
    uint32_t bit = 0;   // from the beginning of the structure
    uint8_t width = 0;  // bits, of a bit-field; 0: it is none
};

// A type past its qualifiers and typedefs.
struct KernelType {
    enum class Kind : uint8_t {
        opaque,  // nothing that a script can read: functions, structures without a body, floating point
        integer,
        pointer,
        array,
        structure,
    };
    Kind kind = Kind::opaque;
    std::string name;         // of a structure, union or enumeration; may be empty
    uint32_t size = 0;        // bytes
    bool is_signed = false;   // integer; a plain `char` is not, as in the language
    bool is_union = false;    // structure
    KernelTypeId target = 0;  // of a pointer, and of an array's elements
    uint32_t count = 0;       // elements
    std::vector<KernelMember> members = {};
};

// Arguments of a tracepoint or of a function as the kernel's own type information has them.
struct Prototype {
    uint32_t btf_id = 0;  // to attach by
    std::vector<std::string>
        arguments;  // name of the structure that a pointer argument points to; empty for all others
    std::vector<ArgumentShape> shapes = {};  // one an argument
    std::vector<KernelTypeId> types = {};    // likewise; 0: unknown, or the second half of one that takes two registers
};

struct Enumerator {
    std::string name;
    int64_t value = 0;
};

// All names are of the kernel's BTF. Nothing throws; what is not there is nullopt.
class KernelFacts {
public:
    virtual ~KernelFacts() = default;

    virtual std::optional<Prototype> tracepoint(std::string_view name) const = 0;
    virtual std::optional<Prototype> function(std::string_view name) const = 0;
    // "struct.member.member->member[2]", with `->` where a pointer is followed.
    virtual std::optional<ResolvedPath> resolve(std::string_view path) const = 0;
    virtual std::optional<uint32_t> struct_size(std::string_view name) const = 0;
    virtual std::optional<int64_t> enumerator(std::string_view enumeration, std::string_view name) const = 0;

    // All enumerators of an enum; empty: the kernel has no such enum.
    virtual std::vector<Enumerator> enumerators(std::string_view) const { return {}; }
    // Is there type information at all?
    virtual bool has_types() const { return true; }
    // A type by what Prototype, or another type, calls it.
    virtual std::optional<KernelType> type(KernelTypeId) const { return std::nullopt; }
    // The structure or union of that name, with a body.
    virtual std::optional<KernelTypeId> structure(std::string_view, bool is_union) const {
        static_cast<void>(is_union);
        return std::nullopt;
    }
    // Names of a tracepoint's arguments, one an argument as in Prototype; empty: not known. For who shows them.
    virtual std::vector<std::string> argument_names(std::string_view) const { return {}; }

    // The process that will run the session.
    virtual int64_t own_process() const = 0;
    // When the system was started, nanoseconds since the epoch.
    virtual uint64_t boot_time_ns() const = 0;
    // Names of all tracepoints.
    virtual std::vector<std::string> tracepoints() const = 0;
    // Address of a variable of the kernel. Nothing: there is none, or the system does not tell.
    virtual std::optional<uint64_t> symbol(std::string_view name) const = 0;

    // Why programs of this rung cannot be had here: "trampolines are refused (operation not permitted)". Empty: they
    // can.
    virtual std::string refusal(Rung rung) const = 0;
    // Why this hook cannot be had although its rung can and its target is there; empty: it can.
    virtual std::string hook_refusal(const HookRow&, const Prototype&) const { return {}; }
    // Whose registers programs read.
    virtual const Processor& processor() const { return native_processor; }
    // Can programs at functions of programs be kept from being interrupted for another thread (since 6.10)? All others
    // are never entered on a processor where they are at work.
    virtual bool forbids_preemption() const { return false; }
    // The function by which programs on tracepoints say what structure an address is of, so that they read it by loads
    // (bpf_rdonly_cast(), since 6.2): its number in the type information. Nothing: there is none.
    virtual std::optional<int32_t> cast_function() const { return std::nullopt; }
};

}  // namespace probevue
