#include "compiler/program/helper_table.h"

#include <linux/bpf.h>

#include <algorithm>
#include <iterator>

#include "compiler/program/program.h"

namespace probevue {
namespace {

struct Row {
    std::string_view name;
    int arguments;
};

constexpr Row rows[] = {
#define HELPER(name, arguments, doc) {#name, arguments},
#include "compiler/program/helpers.def"
#undef HELPER
};

struct KernelRow {
    int32_t number;
    Row row;
};

constexpr KernelRow kernel_rows[] = {
#define KERNEL_HELPER(name, arguments) {BPF_FUNC_##name, {"bpf_" #name, arguments}},
#include "compiler/program/kernel_helpers.def"
#undef KERNEL_HELPER
};

const Row* find(int32_t number) {
    if (number < helper_base) {
        // Rows of the kernel's are few, and their numbers have gaps; ours count up.
        for (const KernelRow& kernel : kernel_rows) {
            if (kernel.number == number) return &kernel.row;
        }
        return nullptr;
    }
    const int64_t index = int64_t{number} - helper_base;
    return index >= 0 && index < static_cast<int64_t>(std::size(rows)) ? &rows[index] : nullptr;
}

}  // namespace

std::string_view helper_name(int32_t number) {
    const Row* row = find(number);
    return row == nullptr ? "?" : row->name;
}

int helper_arguments(int32_t number) {
    const Row* row = find(number);
    return row == nullptr ? -1 : row->arguments;
}

bool calls(const Program& program, Helper helper) {
    constexpr uint8_t call = BPF_JMP | BPF_CALL;
    return std::any_of(program.clauses.begin(), program.clauses.end(), [&](const ClauseCode& clause) {
        return clause.home == Home::engine &&
               std::any_of(clause.code.begin(), clause.code.end(), [&](const bpf_insn& one) {
                   // Another src_reg than 0 means no helper function (linux/bpf.h: BPF_PSEUDO_CALL,
                   // BPF_PSEUDO_KFUNC_CALL).
                   return one.code == call && one.src_reg == 0 && one.imm == static_cast<int32_t>(helper);
               });
    });
}

}  // namespace probevue
