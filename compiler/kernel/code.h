// Writing the representation of a program for the kernel. Private to the compiler.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "compiler/ir/ir.h"

namespace probevue {

// Bytes in a frame slot or behind a pointer.
struct KernelPlace {
    ir::Operand base;
    int32_t offset = 0;
};

class KernelCode {
public:
    ir::Function& function() { return function_; }
    void at(SourcePosition position) { position_ = position; }

    ir::Reg reg() { return function_.registers++; }
    ir::Label label() { return function_.labels++; }
    ir::Slot slot(uint32_t size, std::string_view name);
    KernelPlace in_slot(ir::Slot slot, int32_t offset = 0);
    KernelPlace key(int64_t index);  // of an array map, four bytes; until the next call

    void emit(ir::Inst inst);
    ir::Operand result(ir::Inst inst);  // gives the instruction a new destination
    ir::Operand binary(ir::Op op, ir::Operand a, ir::Operand b, uint8_t width = 8);
    ir::Operand argument(int32_t offset, uint8_t width);
    ir::Operand load(KernelPlace from, uint8_t width, bool is_signed = false);
    void store(KernelPlace to, uint8_t width, ir::Operand value);
    // In words of 8 bytes, as many as hold so many bytes.
    void zero(KernelPlace to, size_t bytes);
    void copy(KernelPlace to, KernelPlace from, size_t bytes);
    ir::Operand address(KernelPlace place);
    ir::Operand swap(ir::Operand value, uint8_t width);
    // An address as a number, which may be reckoned with. The verifier allows next to nothing with what it knows to be
    // a pointer, which since 6.17 are those to single bytes too; what has been swapped is a number to it
    // (check_alu_op() in kernel/bpf/verifier.c), and swapped twice it is the same.
    ir::Operand as_number(ir::Operand address) { return swap(swap(address, 8), 8); }
    // The next 8 bytes of a text, with zeros behind its end. `going`: all ones as long as the end has not come, then 0.
    ir::Operand text_word(ir::Operand word, ir::Reg going);
    void set(ir::Reg to, ir::Operand value);
    ir::Operand call(bpf_func_id helper, std::vector<ir::Operand> args);
    void run(bpf_func_id helper, std::vector<ir::Operand> args);  // a call whose result nobody needs
    ir::Operand map(uint32_t index);
    KernelPlace map_value(uint32_t index, int32_t offset);  // of a map that is one block
    void add_to(KernelPlace to, ir::Operand value);         // 8 bytes, in one step
    void branch(ir::Cond cond, ir::Operand a, ir::Operand b, ir::Label target);
    void jump(ir::Label target);
    void place(ir::Label label);
    void leave(int64_t value);

private:
    ir::Function function_;
    std::optional<ir::Slot> key_;
    SourcePosition position_;
};

inline ir::Operand number(int64_t value) { return ir::Operand::of_imm(value); }

}  // namespace probevue
