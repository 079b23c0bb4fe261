#include "runtime/privileges/call_filter.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>

#include "builtins/base/result.h"

namespace probevue {
namespace {

struct CallRow {
    int number;  // negative: this machine's architecture has no such call
    Need need;
};

constexpr CallRow allowed_calls[] = {
#define CALL(name, need) {SCMP_SYS(name), Need::need},
#define REFUSED(name)
#include "runtime/privileges/calls.def"
#undef REFUSED
#undef CALL
};

constexpr int refused_calls[] = {
#define CALL(name, need)
#define REFUSED(name) SCMP_SYS(name),
#include "runtime/privileges/calls.def"
#undef REFUSED
#undef CALL
};

// The last that this table was made with (Linux 5.17). What is newer a C library tries, and goes without.
constexpr uint32_t last_known = 450;

constexpr uint32_t allow = SECCOMP_RET_ALLOW;
constexpr uint32_t refuse = SECCOMP_RET_TRAP;
constexpr uint32_t fail_with(int error) { return SECCOMP_RET_ERRNO | static_cast<uint32_t>(error); }

constexpr uint32_t low_half = std::endian::native == std::endian::little ? 0 : 4;
constexpr uint32_t argument(uint32_t number) {
    return static_cast<uint32_t>(offsetof(seccomp_data, args)) + 8 * number + low_half;
}

// Of bpf(2): what needs a descriptor of a map or program, and makes none.
constexpr std::array<uint32_t, 11> bpf_commands = {BPF_MAP_LOOKUP_ELEM,
                                                   BPF_MAP_UPDATE_ELEM,
                                                   BPF_MAP_DELETE_ELEM,
                                                   BPF_MAP_GET_NEXT_KEY,
                                                   BPF_PROG_TEST_RUN,
                                                   BPF_OBJ_GET_INFO_BY_FD,
                                                   BPF_MAP_LOOKUP_AND_DELETE_ELEM,
                                                   BPF_MAP_LOOKUP_BATCH,
                                                   BPF_MAP_LOOKUP_AND_DELETE_BATCH,
                                                   BPF_MAP_UPDATE_BATCH,
                                                   BPF_MAP_DELETE_BATCH};

constexpr uint32_t namespaces =
    CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

// Instructions one behind the other: each test ends the program or goes on with the next.
class FilterText {
public:
    void load(uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
    void end(uint32_t action) { add(BPF_RET | BPF_K, action, 0, 0); }
    // The value that was loaded.
    void end_if_equal(uint32_t value, uint32_t action) {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
        end(action);
    }
    void end_if_not_equal(uint32_t value, uint32_t action) {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
        end(action);
    }
    void end_if_above(uint32_t value, uint32_t action) {
        add(BPF_JMP | BPF_JGT | BPF_K, value, 0, 1);
        end(action);
    }
    void end_if_within(uint32_t first, uint32_t last, uint32_t action) {
        if (first == last) return end_if_equal(first, action);
        add(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2);
        add(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0);
        end(action);
    }
    void keep_bits(uint32_t bits) { add(BPF_ALU | BPF_AND | BPF_K, bits, 0, 0); }
    // For one call: `text` ends the program in any case.
    void for_call(int number, const FilterText& text) {
        if (number < 0) return;
        add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(number), 0, static_cast<uint8_t>(text.code_.size()));
        code_.insert(code_.end(), text.code_.begin(), text.code_.end());
    }
    std::vector<sock_filter> take() { return std::move(code_); }

private:
    void add(int code, uint32_t value, uint8_t if_true, uint8_t if_false) {
        code_.push_back({static_cast<uint16_t>(code), if_true, if_false, value});
    }
    std::vector<sock_filter> code_;
};

FilterText always(uint32_t action) {
    FilterText out;
    out.end(action);
    return out;
}

// Files for writing: where a need makes some.
FilterText opening(uint32_t flags, bool writes) {
    FilterText out;
    if (writes) return always(allow);
    out.load(argument(flags));
    out.keep_bits(O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY));
    out.end_if_equal(O_RDONLY, allow);
    out.end(fail_with(EACCES));
    return out;
}

FilterText commands_of_bpf() {
    FilterText out;
    out.load(argument(0));
    for (const uint32_t command : bpf_commands) out.end_if_equal(command, allow);
    out.end(refuse);
    return out;
}

// Nothing is typed into a terminal for whoever sits there.
FilterText controls() {
    FilterText out;
    out.load(argument(1));
    out.end_if_equal(TIOCSTI, refuse);
    out.end_if_equal(TIOCLINUX, refuse);
    out.end(allow);
    return out;
}

// Threads and copies, in the namespaces that we are in.
FilterText copies() {
    FilterText out;
    out.load(argument(0));
    out.keep_bits(namespaces);
    out.end_if_equal(0, allow);
    out.end(refuse);
    return out;
}

std::vector<uint32_t> allowed_numbers(const Needs& needs) {
    std::vector<uint32_t> out;
    for (const CallRow& row : allowed_calls) {
        if (row.number >= 0 && needs.has(row.need)) out.push_back(static_cast<uint32_t>(row.number));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

void close(FilterText& text, const Needs& needs) {
    const bool writes = needs.has(Need::later_files) || needs.has(Need::own_files);
#ifdef SYS_open
    text.for_call(SYS_open, opening(1, writes));
#endif
    text.for_call(SCMP_SYS(openat), opening(2, writes));
    text.for_call(SCMP_SYS(openat2), always(fail_with(ENOSYS)));
    text.for_call(SCMP_SYS(ioctl), controls());
    text.for_call(SCMP_SYS(clone), copies());
    // Its flags lie in memory, where no filter can look; the C library goes on with clone().
    text.for_call(SCMP_SYS(clone3), always(fail_with(ENOSYS)));
    if (needs.has(Need::live)) text.for_call(SCMP_SYS(bpf), commands_of_bpf());
    // Services by name, in filters, are asked of a daemon where there is one, and looked up in a file where there is
    // none.
    const std::vector<uint32_t> numbers = allowed_numbers(needs);
    if (!std::binary_search(numbers.begin(), numbers.end(), static_cast<uint32_t>(SCMP_SYS(socket))))
        text.for_call(SCMP_SYS(socket), always(fail_with(EACCES)));
    for (size_t first = 0; first < numbers.size();) {
        size_t last = first;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        text.end_if_within(numbers[first], numbers[last], allow);
        first = last + 1;
    }
    text.end_if_above(last_known, fail_with(ENOSYS));
    text.end(refuse);
}

// A handler may only make calls; what is formatted here is one number.
void on_refused(int, siginfo_t* about, void*) {
    static constexpr char before[] = "probevue: error: the system call number ";
    static constexpr char after[] =
        " was refused: nothing that probevue has to do from here on makes it\n"
        "hint: `scmp_sys_resolver NUMBER` tells its name; it came from a library, or somebody has taken over the "
        "process\n";
    char text[sizeof before + sizeof after + 12];
    size_t size = sizeof before - 1;
    std::memcpy(text, before, size);
    char digits[12];
    size_t count = 0;
    for (unsigned rest = static_cast<unsigned>(about->si_syscall); count == 0 || rest != 0; rest /= 10)
        digits[count++] = static_cast<char>('0' + rest % 10);
    while (count > 0) text[size++] = digits[--count];
    std::memcpy(text + size, after, sizeof after - 1);
    size += sizeof after - 1;
    // Not by the library's function, which may be what somebody has put in its place.
    syscall(SYS_write, STDERR_FILENO, text, size);
    _exit(static_cast<int>(ExitStatus::run_time));
}

}  // namespace

std::vector<sock_filter> call_filter(const Needs& needs) {
    FilterText text;
    text.load(offsetof(seccomp_data, arch));
    text.end_if_not_equal(seccomp_arch_native(), SECCOMP_RET_KILL_PROCESS);
    text.load(offsetof(seccomp_data, nr));
#ifdef __x86_64__
    constexpr uint32_t x32 = 0x40000000;
    text.end_if_above(x32 - 1, fail_with(ENOSYS));
#endif
    if (needs.close_filter()) {
        close(text, needs);
        return text.take();
    }
    text.for_call(SCMP_SYS(ioctl), controls());
    for (const int number : refused_calls) text.for_call(number, always(refuse));
    text.end(allow);
    return text.take();
}

bool install_call_filter(const Needs& needs) {
    struct sigaction action {};
    action.sa_sigaction = on_refused;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSYS, &action, nullptr);
    std::vector<sock_filter> code = call_filter(needs);
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    // Without the second flag, older kernels slow the whole process down against guesses of processors.
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                   &program) == 0;
}

}  // namespace probevue
