// The representation of a clause, translated for a program of the kernel: operation by operation, with a table of the
// helper functions that have a counterpart there (kernel_calls.def). Private to the compiler.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/kernel/code.h"
#include "compiler/kernel/home.h"
#include "compiler/program/program.h"

namespace probevue {

// Where a field of the event lies; nothing when it is not at hand.
using FindField = std::function<std::optional<KernelPlace>(EventField)>;

// Fields that the predicate of a clause reads, and those that all of it does.
std::set<EventField> predicate_fields(const ir::Function& clause);
std::set<EventField> clause_fields(const ir::Function& clause);

class Translator {
public:
    // `home`: what the program offers to clauses that run in it whole; null for predicates, which have the stack only.
    Translator(KernelCode& code, const ir::Function& clause, const Program& program, const FindField& find,
               KernelHome* home);

    // The predicate alone: control leaves to `rejected` when it certainly does not hold, and goes on behind when it
    // holds or when only the engine can tell, which evaluates it again.
    void predicate(ir::Label rejected);
    // All of the clause: control leaves to `rejected` when the predicate does not hold, to `done` at the end.
    // `at_body` writes what is to happen where it has held. False: the kernel cannot do it, obstacle() says what.
    bool whole(ir::Label rejected, ir::Label done, const std::function<void()>& at_body);

    // "searches in a String"
    const std::string& obstacle() const { return obstacle_; }

private:
    // What a register of the clause holds, as far as that decides what may be done with it.
    struct Value {
        enum class Kind : uint8_t {
            plain,     // a number
            memory,    // address of memory of the program's own, or of the event's fields
            constant,  // address in the constant memory: never made, its contents are known
            global,    // address of a global variable
            element,   // address of the value of an array's element, or 0
            dist,      // a distribution, whose element is made when something is counted in it; never 0
            map,       // an array
            unknown,
        } kind = Kind::unknown;
        uint32_t offset = 0;  // constant, global: in the block
        uint32_t map = 0;     // element, dist, map: the array
    };
    using Call = bool (Translator::*)(const ir::Inst&);

    static const Call* find_call(Helper helper, std::string_view& otherwise);

    bool fail(std::string what);
    bool single(const ir::Inst& inst) const { return definitions_[inst.dst] == 1; }
    bool plain(const ir::Operand& operand) const;
    Value value_of(const ir::Operand& operand) const;
    ir::Operand mapped(const ir::Operand& operand) const;
    void define(const ir::Inst& inst, Value value);
    void define_plain(const ir::Inst& inst) { define(inst, {Value::Kind::plain}); }
    void start();
    bool body_reached(const ir::Inst& inst) const;
    const KernelMemory& slot(uint32_t index);
    bool is_list(const Value& global) const;
    bool is_distribution(uint32_t array) const { return program_.maps[array].layout.value.kind == FieldKind::dist; }

    // translate.cpp: operations
    bool translate(const ir::Inst& inst);
    bool copy(const ir::Inst& inst);
    bool arithmetic(const ir::Inst& inst);
    bool divide(const ir::Inst& inst);
    bool address(const ir::Inst& inst);
    bool frame(const ir::Inst& inst);
    bool memory(const ir::Inst& inst);
    bool field(const ir::Inst& inst);
    bool load(const ir::Inst& inst);
    bool store(const ir::Inst& inst);
    bool add_to(const ir::Inst& inst);
    bool branch(const ir::Inst& inst);
    bool leave(const ir::Inst& inst);
    bool context(const ir::Inst& inst);

    // translate_call.cpp: helper functions
    bool call(const ir::Inst& inst);
    bool array_ref(const ir::Inst& inst);
    bool array_find(const ir::Inst& inst);
    bool array_exists(const ir::Inst& inst);
    bool array_delete(const ir::Inst& inst);
    bool list_append(const ir::Inst& inst);
    bool dist_add(const ir::Inst& inst);
    bool string_copy(const ir::Inst& inst);
    bool string_compare(const ir::Inst& inst);
    bool memory_copy(const ir::Inst& inst);
    bool memory_zero(const ir::Inst& inst);
    bool kernel_copy(const ir::Inst& inst);
    bool kernel_string(const ir::Inst& inst);
    bool probe_text(const ir::Inst& inst);
    bool emit(const ir::Inst& inst);
    bool exit(const ir::Inst& inst);
    bool warn(const ir::Inst& inst);
    bool lookup(const ir::Inst& inst, bool make);
    // Addresses whose bytes can be read, and written, directly.
    bool readable(const ir::Operand& address) const;
    bool writable(const ir::Operand& address) const;
    ir::Operand word(const ir::Operand& address, uint32_t at, uint32_t bytes);
    // The next word of a String, whose end is looked for: `going` is 0 behind it, and all ones before.
    ir::Operand text_word(const ir::Operand& address, uint32_t at, uint32_t bytes, std::optional<ir::Reg>& going);
    // What the helper function read of the kernel's memory failed: counted, or left to the engine to find out.
    void unless_unreadable(ir::Cond good, const ir::Operand& result);
    KernelPlace place(const ir::Operand& address) const { return {mapped(address), 0}; }

    KernelCode& code_;
    const ir::Function& clause_;
    const Program& program_;
    const std::vector<uint8_t>& rodata_;
    const FindField& find_;
    KernelHome* home_;
    ir::Label rejected_ = 0;
    ir::Label done_ = 0;
    bool whole_ = false;
    bool in_body_ = false;
    std::vector<Value> values_;
    std::vector<uint32_t> definitions_;  // by register
    std::vector<ir::Reg> regs_;
    std::vector<ir::Label> labels_;
    std::vector<std::optional<KernelMemory>> slots_;
    std::set<uint32_t> payloads_;  // slots that printf hands over: a header goes before them
    bool reads_kernel_ = false;    // memory may hold text that is not padded with zeros
    ir::Label undecided_ = 0;      // of predicates: the engine decides
    std::string obstacle_;
};

}  // namespace probevue
