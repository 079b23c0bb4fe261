// What a program of the kernel offers to the clauses that run in it whole: memory, the variables they share, a way to
// the session. Private to the compiler.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "compiler/kernel/code.h"
#include "compiler/kernel/maps.h"
#include "compiler/kernel/uses.h"
#include "compiler/program/kernel_loss.h"
#include "compiler/program/kernel_program.h"
#include "compiler/program/program.h"

namespace probevue {

// Memory of a program: on its stack, or in its block of memory of the processor it runs on.
struct KernelMemory {
    bool on_stack = true;
    ir::Slot slot = 0;    // on the stack
    uint32_t offset = 0;  // in the block
    uint32_t size = 0;
};

class KernelHome {
public:
    // `number` is that of the program.
    KernelHome(KernelCode& code, KernelMaps maps, const Program& program, uint32_t number)
        : code_(code), maps_(maps), program_(program), number_(number) {}

    // Code that goes before everything else: finds the program's block. Leaves to `failed` when the session is over.
    void open(ir::Label failed, bool needs_time);
    // The clause that is being written, and its tuple: index into KernelProgram::tuples.
    void begin(uint32_t tuple, ir::Label after_exit) {
        tuple_ = tuple;
        after_exit_ = after_exit;
    }
    void finish(KernelProgram& program) const;

    // --- memory
    KernelMemory allocate(uint32_t size, std::string_view name);
    KernelPlace at(const KernelMemory& memory, int32_t offset = 0);
    KernelPlace zeros(uint32_t size);
    // The time of the event by the kernel's own clock.
    ir::Operand monotonic() const { return ir::Operand::of(*time_); }
    ir::Operand realtime();
    ir::Operand session_process();

    // --- variables
    // Do clauses in the kernel only add to it? (place.h)
    bool is_tally(const SharedVariable& variable) const;
    std::optional<SharedVariable> global(uint32_t offset) const { return global_at(program_, offset); }
    // Of a global variable, to be read or assigned to.
    KernelPlace shared(uint32_t offset);
    KernelPlace tally(uint32_t offset);
    // Address of the value of an element, 0 when there is none; `make` inserts one of zeros, and gives 0 when the array
    // is full.
    ir::Operand element(uint32_t array, KernelPlace key, bool make);
    ir::Operand erase(uint32_t array, KernelPlace key);
    // Of an array of distributions: keeps the key of the element for count_in_bin(), which is the next to be called.
    // All share the memory that it is kept in.
    void choose_distribution(uint32_t array, KernelPlace key);
    void count_in_bin(uint32_t array, ir::Operand value);
    // One more value of a list as the kernel keeps it (KernelList), which belongs to this program alone.
    void append(KernelPlace list, ir::Operand value);

    // --- what the session hears of
    static constexpr uint32_t header_size = sizeof(KernelOutcome);
    // `record`: header_size bytes, then the payload.
    void emit(uint32_t record, KernelPlace header, ir::Operand pid, ir::Operand tid);
    void warn(uint32_t site, ir::Operand pid, ir::Operand tid);
    void exit(ir::Operand pid, ir::Operand tid);
    std::string_view probe_text() const;
    void set_tuples(const std::vector<TupleIndex>& tuples) { tuples_ = tuples; }
    void count_event();
    void count_unreadable();
    void count_match();

private:
    KernelPlace block(uint32_t offset) const { return {ir::Operand::of(*work_), static_cast<int32_t>(offset)}; }
    uint32_t reserve(uint32_t size);
    void add(KernelPlace to, ir::Operand value);
    void count_insertion();
    KernelPlace bin_key(uint32_t array);
    void outcome(KernelOutcome::Kind kind, uint32_t number, KernelPlace header, uint32_t payload, ir::Operand pid,
                 ir::Operand tid);
    KernelWork::Counters& counters();

    KernelCode& code_;
    KernelMaps maps_;
    const Program& program_;
    uint32_t number_;
    uint32_t tuple_ = 0;
    ir::Label after_exit_ = 0;
    std::vector<TupleIndex> tuples_;
    std::optional<ir::Reg> work_;
    std::optional<ir::Reg> time_;
    uint32_t stack_left_ = 192;  // bytes that slots of clauses may take; the rest is for the hook and for registers
    KernelWork layout_;
    std::optional<uint32_t> zeros_;
    std::map<uint32_t, KernelMemory> bin_keys_;  // by size of the element's key, bytes
    std::optional<uint32_t> call_;               // a record that says nothing
};

// What stands in a record behind its first bytes: written where the record will lie, because the stack has no room.
struct FurtherBytes {
    uint32_t size = 0;
    std::function<void(ir::Operand record)> write = {};
};

// Hands a record to the session; counts it as lost when there is no room.
void submit(KernelCode& code, KernelPlace record, uint32_t size, const FurtherBytes& further = {});

// Counts what the session does not get to see, and goes on behind.
void count_loss(KernelCode& code, KernelLoss loss);

}  // namespace probevue
