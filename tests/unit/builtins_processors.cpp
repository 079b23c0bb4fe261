// What is known of processors, beside what libseccomp knows, which has the kernel's own tables.
#include <doctest/doctest.h>
#include <seccomp.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "builtins/processors.h"

namespace probevue {
namespace {

struct NamedCall {
    const char* name;
    int64_t CallNumbers::*number;
};

constexpr std::array calls = {
    NamedCall{"read", &CallNumbers::read},
    NamedCall{"readv", &CallNumbers::readv},
    NamedCall{"recvmmsg", &CallNumbers::recvmmsg},
    NamedCall{"recvfrom", &CallNumbers::recvfrom},
    NamedCall{"recvmsg", &CallNumbers::recvmsg},
    NamedCall{"write", &CallNumbers::write},
    NamedCall{"writev", &CallNumbers::writev},
    NamedCall{"sendmmsg", &CallNumbers::sendmmsg},
    NamedCall{"sendto", &CallNumbers::sendto},
    NamedCall{"sendmsg", &CallNumbers::sendmsg},
    NamedCall{"setsockopt", &CallNumbers::setsockopt},
    NamedCall{"accept", &CallNumbers::accept},
    NamedCall{"accept4", &CallNumbers::accept4},
    NamedCall{"connect", &CallNumbers::connect},
};

// Empty: no call has this number there.
std::string name_of(uint32_t architecture, int64_t number) {
    char* name = seccomp_syscall_resolve_num_arch(architecture, static_cast<int>(number));
    const std::string out = name == nullptr ? "" : name;
    std::free(name);  // libseccomp's: allocated by malloc()
    return out;
}

}  // namespace

TEST_CASE("numbers of system calls of 32-bit programs are those that libseccomp knows") {
    for (const NamedCall& call : calls) {
        CAPTURE(call.name);
        const int64_t on_x86 = x86_64_processor.calls_32bit.*call.number;
        if (on_x86 >= 0) CHECK(name_of(SCMP_ARCH_X86, on_x86) == call.name);
        CHECK(name_of(SCMP_ARCH_ARM, arm64_processor.calls_32bit.*call.number) == call.name);
    }
    // What is told to be no call by itself has a number that libseccomp makes up.
    CHECK(x86_64_processor.calls_32bit.accept == -1);
    CHECK(seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, "accept") < 0);
}

TEST_CASE("what rows of hooks call registers has a path on each processor, and other paths stay as they are") {
    for (const std::string_view name : {"argument1", "argument2", "argument3", "argument4", "argument5", "argument6",
                                        "call_number", "instruction", "mode"}) {
        CAPTURE(name);
        const std::string path = "registers." + std::string(name);
        for (const Processor* one : {&x86_64_processor, &arm64_processor})
            CHECK(register_path(*one, path).starts_with("pt_regs."));
    }
    CHECK(register_path(x86_64_processor, "registers.argument4") == "pt_regs.r10");  // the C convention has rcx there
    CHECK(register_path(arm64_processor, "registers.argument1") == "pt_regs.orig_x0");
    CHECK(register_path(arm64_processor, "registers.argument7") == "registers.argument7");
    CHECK(register_path(arm64_processor, "sk_buff.len") == "sk_buff.len");
    CHECK(argument_offset(x86_64_processor, 5) == 64);
    CHECK(argument_offset(x86_64_processor, 6) == -1);
    CHECK(argument_offset(arm64_processor, 7) == 56);
    CHECK(argument_offset(arm64_processor, 8) == -1);
}

}  // namespace probevue
