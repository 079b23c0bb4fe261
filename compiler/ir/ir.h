// The intermediate representation: each clause is one straight list of instructions over virtual registers, with
// forward jumps only (Vue has no loops), so that programs end, the kernel's verifier sees bounded code, and register
// allocation is one scan.
//
// Registers hold 64 bits. An integer is kept extended to 64 bits by the signedness of its C type; operations whose
// result may leave the type's range are followed by `extend`. Values that do not fit a register lie in frame slots.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "builtins/event.h"
#include "builtins/packet.h"
#include "compiler/program/abi.h"
#include "compiler/program/record.h"

namespace probevue::ir {

// A virtual register: there are as many as wanted, and each may be set more than once.
using Reg = uint32_t;
inline constexpr Reg no_reg = ~0u;
// A place in the code, which one `label` instruction names; jumps to it stand before that.
using Label = uint32_t;
inline constexpr Label no_label = ~0u;
using Slot = uint32_t;  // number of a piece of the frame, Function::slots

// What instructions do: ops.def says which members of Inst each reads.
enum class Op : uint8_t {
#define IR_OP(name, text) name,
#include "compiler/ir/ops.def"
#undef IR_OP
};

// How operands are compared, as 64-bit numbers with or without a sign.
enum class Cond : uint8_t {
#define CONDITION(name, ...) name,
#include "compiler/ir/conditions.def"
#undef CONDITION
};

// What an instruction reads: a register or a number.
struct Operand {
    enum class Kind : uint8_t { none, reg, imm } kind = Kind::none;
    Reg reg = no_reg;
    int64_t imm = 0;

    static Operand of(Reg r) { return {Kind::reg, r, 0}; }
    static Operand of_imm(int64_t value) { return {Kind::imm, no_reg, value}; }
    bool is_imm() const { return kind == Kind::imm; }
    bool is_reg() const { return kind == Kind::reg; }
};

// Where `context` reads from: words of EngineContext.
enum class ContextWord : uint8_t { time, packet, captured, wire_length };

struct Inst {  // members that the operation does not name mean nothing
    Op op;
    uint8_t width = 8;       // bytes: of arithmetic (4 or 8), of memory accesses and extensions (1, 2, 4, 8)
    bool is_signed = false;  // load, extend
    Cond cond = Cond::eq;    // compare, branch
    Reg dst = no_reg;
    Operand a{};
    Operand b{};
    std::vector<Operand> args{};  // call
    uint32_t index = 0;  // slot, map, label, helper, layer, packet slot, event field, context word, bytes: by op
    int32_t offset = 0;  // bytes: load, store, add_to, frame, memory
    SourcePosition position{};
};

// Memory below the frame pointer, which the program must have written before it reads it.
struct FrameSlot {
    uint32_t size = 0;  // bytes, a multiple of 8
    std::string name;   // for dumps
};

// A clause, or a program for a hook.
struct Function {
    std::string name;
    std::vector<Inst> code;
    std::vector<FrameSlot> slots;
    Reg registers = 0;  // how many there are
    Label labels = 0;
    // Where the predicate has held: the code before is the predicate alone; none: there is no predicate.
    Label body = no_label;
};

// What is wrong with a function, empty when nothing is: registers defined before use on every path, operands of the
// right kinds, jumps forward to labels that exist once, slots and helpers within range, every path ends in `ret`.
std::string verify(const Function& function);

// For `-d ir` and tests: a line an instruction.
std::string dump(const Function& function);
const char* to_string(Cond cond);
// What holds when it does not; the same with the operands exchanged.
Cond negate(Cond cond);
Cond mirror(Cond cond);

}  // namespace probevue::ir
