#include "runtime/privileges/needs.h"

#include <fmt/format.h>
#include <linux/capability.h>

#include <algorithm>
#include <array>

#include "compiler/program/helper_table.h"

namespace probevue {
namespace {

constexpr bool kept = true;
constexpr bool given_up = false;
constexpr bool closed = true;
constexpr bool open = false;

constexpr std::array rows = {
#define NONE | 0
#define CAP(name) | uint64_t{1} << CAP_##name
#define NEED(name, ids, filter, capabilities, what, why) \
    NeedRow{Need::name, #name, ids, filter, 0 capabilities, what, why},
#include "runtime/privileges/needs.def"
#undef NEED
#undef CAP
#undef NONE
};

// By number, as in <linux/capability.h>; a later kernel may have more.
constexpr std::array<std::string_view, 41> names = {"CHOWN",
                                                    "DAC_OVERRIDE",
                                                    "DAC_READ_SEARCH",
                                                    "FOWNER",
                                                    "FSETID",
                                                    "KILL",
                                                    "SETGID",
                                                    "SETUID",
                                                    "SETPCAP",
                                                    "LINUX_IMMUTABLE",
                                                    "NET_BIND_SERVICE",
                                                    "NET_BROADCAST",
                                                    "NET_ADMIN",
                                                    "NET_RAW",
                                                    "IPC_LOCK",
                                                    "IPC_OWNER",
                                                    "SYS_MODULE",
                                                    "SYS_RAWIO",
                                                    "SYS_CHROOT",
                                                    "SYS_PTRACE",
                                                    "SYS_PACCT",
                                                    "SYS_ADMIN",
                                                    "SYS_BOOT",
                                                    "SYS_NICE",
                                                    "SYS_RESOURCE",
                                                    "SYS_TIME",
                                                    "SYS_TTY_CONFIG",
                                                    "MKNOD",
                                                    "LEASE",
                                                    "AUDIT_WRITE",
                                                    "AUDIT_CONTROL",
                                                    "SETFCAP",
                                                    "MAC_OVERRIDE",
                                                    "MAC_ADMIN",
                                                    "SYSLOG",
                                                    "WAKE_ALARM",
                                                    "BLOCK_SUSPEND",
                                                    "AUDIT_READ",
                                                    "PERFMON",
                                                    "BPF",
                                                    "CHECKPOINT_RESTORE"};

// What a helper function of the engine looks at besides our own memory and what an event brought along.
struct HelperNeed {
    Helper helper;
    Need need;
};
constexpr std::array helper_needs = {
    HelperNeed{Helper::user_copy, Need::processes},       HelperNeed{Helper::user_string, Need::processes},
    HelperNeed{Helper::print_stack, Need::processes},     HelperNeed{Helper::print_stack, Need::kernel_symbols},
    HelperNeed{Helper::get_stack, Need::processes},       HelperNeed{Helper::get_stack, Need::kernel_symbols},
    HelperNeed{Helper::symbol, Need::processes},          HelperNeed{Helper::symbol, Need::kernel_symbols},
    HelperNeed{Helper::print_arguments, Need::processes}, HelperNeed{Helper::print_process_tree, Need::processes},
    HelperNeed{Helper::fd_path, Need::processes},         HelperNeed{Helper::fd_text, Need::processes},
    HelperNeed{Helper::fd_number, Need::processes},       HelperNeed{Helper::path_inode, Need::processes},
    HelperNeed{Helper::socket_info, Need::processes},     HelperNeed{Helper::process_attribute, Need::processes},
    HelperNeed{Helper::process_cwd, Need::processes},
};

void add_needs_of(const KernelProgram& kernel, Needs& needs) {
    for (const EventField field : kernel.looked_up) {
        if (field == EventField::cwd) needs.add(Need::processes);
        if (field == EventField::drop_symbol) needs.add(Need::kernel_symbols);
    }
    for (const CapturedRead& read : kernel.reads) {
        if (read.kind == CapturedKind::user_stack) needs.add(Need::processes);
        if (read.kind == CapturedKind::kernel_stack) needs.add(Need::kernel_symbols);
    }
}

}  // namespace

std::span<const NeedRow> need_rows() { return rows; }

uint64_t Needs::capabilities() const {
    uint64_t out = 0;
    for (const NeedRow& row : rows) out |= has(row.need) ? row.capabilities : 0;
    return out;
}

bool Needs::keep_ids() const {
    return std::any_of(rows.begin(), rows.end(), [&](const NeedRow& row) { return has(row.need) && row.keeps_ids; });
}

bool Needs::close_filter() const {
    // One need that the filter would stand in the way of is enough to leave it open.
    return std::all_of(rows.begin(), rows.end(),
                       [&](const NeedRow& row) { return !has(row.need) || row.filters_closed; });
}

void add_needs_of(const Program& program, Needs& needs) {
    for (const HelperNeed& row : helper_needs) {
        if (calls(program, row.helper)) needs.add(row.need);
    }
    for (const KernelProgram& kernel : program.kernel_programs) add_needs_of(kernel, needs);
}

std::string capability_name(unsigned number) {
    return number < names.size() ? fmt::format("CAP_{}", names[number]) : fmt::format("CAP_{}", number);
}

}  // namespace probevue
