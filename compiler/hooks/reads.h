// What a clause reads from the memory of the process and of the kernel, from its descriptors and its stack: found in
// its representation, so that a program of the kernel can read it at the moment of the event
// (compiler/program/captured.h). Private to compiler/hooks.
//
// Finding may fall short without harm: the clause asks for what it reads by address, and what is not there it reads by
// itself, later.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/ir.h"
#include "compiler/program/captured.h"

namespace probevue {

inline constexpr uint32_t most_frames = 127;  // of a stack (PERF_MAX_STACK_DEPTH)

using ValueId = uint32_t;
inline constexpr ValueId no_value = ~0u;

// A value that follows from fields of the event, constants, and what was read before.
struct PureValue {
    enum class Kind : uint8_t {
        constant,
        field,      // a field that fits a register
        operation,  // of `a` and `b`
        word,       // `width` bytes at `offset` of what read number `read` gave
        at_most,    // the lesser of `a` and the constant: for sizes
    };
    Kind kind = Kind::constant;
    int64_t constant = 0;
    EventField field{};
    ir::Op op{};
    ir::Cond cond{};
    uint8_t width = 8;
    bool is_signed = false;
    ValueId a = no_value;
    ValueId b = no_value;
    uint32_t read = 0;
    uint32_t offset = 0;

    bool operator==(const PureValue&) const = default;
};

struct ClauseRead {
    CapturedKind kind = CapturedKind::user_memory;
    ValueId key = no_value;   // address or descriptor; none: stacks
    ValueId size = no_value;  // bytes; none: all of `most`
    uint32_t most = 0;        // bytes

    bool operator==(const ClauseRead&) const = default;
};

// In the order of the clause: values and reads depend on earlier ones only.
struct ClauseReads {
    std::vector<PureValue> values;
    std::vector<ClauseRead> reads;
};

// `rodata`: contents of the constant memory.
ClauseReads find_reads(const ir::Function& clause, const std::vector<uint8_t>& rodata);

}  // namespace probevue
