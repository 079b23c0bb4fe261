// Where programs of hooks find what a program had in its registers, by processor: all that they know of one stands
// here.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace probevue {

// Numbers of system calls that 32-bit programs make; -1: they have no call of that name. Each is given the descriptor
// first.
struct CallNumbers {
    int64_t read = -1, readv = -1, recvmmsg = -1, recvfrom = -1, recvmsg = -1;
    int64_t write = -1, writev = -1, sendmmsg = -1, sendto = -1, sendmsg = -1;
    int64_t setsockopt = -1, accept = -1, accept4 = -1, connect = -1;
};

struct Processor {
    std::string_view name;  // as uname(2) has it

    // --- struct pt_regs, in bytes: for programs that are handed it without type information
    // Of a function at its entry, in order; -1: not in a register.
    std::array<int, 8> argument_offsets{-1, -1, -1, -1, -1, -1, -1, -1};
    int result_offset = -1;                // of a function at its end
    int stack_offset = -1;                 // stack pointer
    int instruction_offset = -1;           // address of the instruction
    bool return_address_on_stack = false;  // does a call push the address that it returns to?

    // --- paths for KernelFacts::resolve(). Rows of hooks name them by what they are: see register_path().
    std::array<std::string_view, 6> call_arguments;  // of a system call, as they also are at its end
    std::string_view call_number;
    std::string_view instruction;
    std::string_view mode;  // under `mode_mask` it is `user_mode` where a program was interrupted, and not the kernel
    int64_t mode_mask = 0;
    int64_t user_mode = 0;

    // --- system calls in the convention of 32-bit programs: not 0 under the mask says that one is
    std::string_view in_32bit;
    int64_t in_32bit_mask = 0;
    std::array<std::string_view, 5> call_arguments_32bit;
    CallNumbers calls_32bit;
};

// arch/x86/include/asm/ptrace.h; TS_COMPAT in asm/thread_info.h; arch/x86/entry/syscalls/syscall_32.tbl, where accept()
// is but a part of socketcall()
inline constexpr Processor x86_64_processor{
    .name = "x86_64",
    .argument_offsets = {112, 104, 96, 88, 72, 64, -1, -1},  // di si dx cx r8 r9
    .result_offset = 80,                                     // ax
    .stack_offset = 152,                                     // sp
    .instruction_offset = 128,                               // ip
    .return_address_on_stack = true,
    .call_arguments = {"pt_regs.di", "pt_regs.si", "pt_regs.dx", "pt_regs.r10", "pt_regs.r8", "pt_regs.r9"},
    .call_number = "pt_regs.orig_ax",
    .instruction = "pt_regs.ip",
    .mode = "pt_regs.cs",
    .mode_mask = 3,
    .user_mode = 3,
    .in_32bit = "task_struct.thread_info.status",
    .in_32bit_mask = 2,
    .call_arguments_32bit = {"pt_regs.bx", "pt_regs.cx", "pt_regs.dx", "pt_regs.si", "pt_regs.di"},
    .calls_32bit = {.read = 3,
                    .readv = 145,
                    .recvmmsg = 337,
                    .recvfrom = 371,
                    .recvmsg = 372,
                    .write = 4,
                    .writev = 146,
                    .sendmmsg = 345,
                    .sendto = 369,
                    .sendmsg = 370,
                    .setsockopt = 366,
                    .accept = -1,
                    .accept4 = 364,
                    .connect = 362},
};

// arch/arm64/include/asm/ptrace.h: at the end of a call its first register holds the result, and orig_x0 what it was
// given; PSR_MODE_MASK in uapi/asm/ptrace.h; TIF_32BIT in asm/thread_info.h; arch/arm/tools/syscall.tbl
inline constexpr Processor arm64_processor{
    .name = "aarch64",
    .argument_offsets = {0, 8, 16, 24, 32, 40, 48, 56},
    .result_offset = 0,
    .stack_offset = 248,
    .instruction_offset = 256,  // pc
    .return_address_on_stack = false,
    .call_arguments = {"pt_regs.orig_x0", "pt_regs.regs[1]", "pt_regs.regs[2]", "pt_regs.regs[3]", "pt_regs.regs[4]",
                       "pt_regs.regs[5]"},
    .call_number = "pt_regs.syscallno",
    .instruction = "pt_regs.pc",
    .mode = "pt_regs.pstate",
    .mode_mask = 15,
    .user_mode = 0,
    .in_32bit = "task_struct.thread_info.flags",
    .in_32bit_mask = 1 << 22,
    .call_arguments_32bit = {"pt_regs.orig_x0", "pt_regs.regs[1]", "pt_regs.regs[2]", "pt_regs.regs[3]",
                             "pt_regs.regs[4]"},
    .calls_32bit = {.read = 3,
                    .readv = 145,
                    .recvmmsg = 365,
                    .recvfrom = 292,
                    .recvmsg = 297,
                    .write = 4,
                    .writev = 146,
                    .sendmmsg = 374,
                    .sendto = 290,
                    .sendmsg = 296,
                    .setsockopt = 294,
                    .accept = 285,
                    .accept4 = 366,
                    .connect = 283},
};

// The one that this program is compiled for. On others only what needs no registers can be traced: nothing is found
// under these names.
#if defined(__x86_64__)
inline constexpr const Processor& native_processor = x86_64_processor;
#elif defined(__aarch64__)
inline constexpr const Processor& native_processor = arm64_processor;
#else
inline constexpr Processor unknown_processor{};
inline constexpr const Processor& native_processor = unknown_processor;
#endif

// Bytes in struct pt_regs where the n-th argument (from 0) of a function lies at its entry; -1: in no register.
constexpr int argument_offset(const Processor& processor, unsigned number) {
    return number < processor.argument_offsets.size() ? processor.argument_offsets[number] : -1;
}

// Rows of hooks say "registers.argument1" up to 6, "registers.call_number", "registers.instruction" and
// "registers.mode" of a struct pt_regs. What that is for the processor; any other path is as it is.
constexpr std::string_view register_path(const Processor& processor, std::string_view path) {
    constexpr std::string_view registers = "registers.";
    constexpr std::string_view argument = "argument";
    if (!path.starts_with(registers)) return path;
    const std::string_view name = path.substr(registers.size());
    if (name == "call_number") return processor.call_number;
    if (name == "instruction") return processor.instruction;
    if (name == "mode") return processor.mode;
    if (name.size() == argument.size() + 1 && name.starts_with(argument) && name.back() >= '1' && name.back() <= '6')
        return processor.call_arguments[static_cast<size_t>(name.back() - '1')];
    return path;
}

}  // namespace probevue
