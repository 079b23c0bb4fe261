// What is said when the kernel refuses a step of a session. Each refusal is a real one: a filter on the system calls of
// the thread that runs the session lets one of them fail, as limits, lockdown and lack of memory do.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>

#include "runtime/kernel/uprobes.h"
#include "tests/live/traced_functions.h"
#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

// Calls of this number fail, of those with an argument only the ones where it has this value.
struct Refusal {
    uint32_t call = 0;
    int error = 0;
    int argument = -1;
    uint32_t value = 0;
};

Refusal of_bpf(bpf_cmd command, int error) { return {SYS_bpf, error, 0, static_cast<uint32_t>(command)}; }

// For this thread and those that it starts, until it ends.
bool refuse(const Refusal& refusal) {
    const auto insn = [](int code, uint32_t k, int yes = 0, int no = 0) {
        return sock_filter{static_cast<uint16_t>(code), static_cast<uint8_t>(yes), static_cast<uint8_t>(no), k};
    };
    std::vector<sock_filter> code;
    code.push_back(insn(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
    code.push_back(insn(BPF_JMP | BPF_JEQ | BPF_K, refusal.call, 0, refusal.argument < 0 ? 1 : 3));
    if (refusal.argument >= 0) {
        // The lower half of the argument, on machines that are little-endian.
        code.push_back(
            insn(BPF_LD | BPF_W | BPF_ABS,
                 static_cast<uint32_t>(offsetof(seccomp_data, args) + 8 * static_cast<size_t>(refusal.argument))));
        code.push_back(insn(BPF_JMP | BPF_JEQ | BPF_K, refusal.value, 0, 1));
    }
    code.push_back(insn(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(refusal.error)));
    code.push_back(insn(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

enum class When { compiling, creating, starting };

struct Told {
    std::string text;  // all that was said, hints on lines of their own
    ExitStatus status = ExitStatus::ok;
    std::string output;
};

// Runs a script that ends by itself in a thread of which the kernel refuses something from a moment on.
Told told(const std::string& script, const Refusal& refusal, When when, std::optional<Rung> rung = std::nullopt) {
    Told out;
    bool refusing = true;
    std::thread([&] {
        if (when == When::compiling) refusing = refuse(refusal);
        const RunningKernel kernel;
        CompileOptions options;
        options.kernel = &kernel;
        options.rung = rung;
        const Compiled compiled = compile_text(script + "\n@@BEGIN { printf(\"begun\\n\"); }", options);
        out.text = compiled.messages;
        if (!compiled.program) return;
        CaptureSink sink;
        std::vector<Problem> problems;
        if (when == When::creating) refusing = refuse(refusal);
        const std::unique_ptr<Session> session = Session::create(*compiled.program, {}, sink, problems);
        for (const Problem& problem : problems) {
            out.text += problem.error.message + "\nhint: " + problem.error.hint + "\n";
            out.status = problem.error.status;
        }
        if (session != nullptr) {
            if (when == When::starting) refusing = refuse(refusal);
            session->start();
            session->request_stop();
            while (session->step(1'000'000'000)) continue;
            out.status = session->finish();
        }
        out.text += sink.errors();
        out.output = sink.output();
    }).join();
    REQUIRE(refusing);
    return out;
}

void check_told(const Told& told, std::initializer_list<const char*> parts) {
    CAPTURE(told.text);
    CHECK(told.status == ExitStatus::permission);
    for (const char* part : parts) {
        CAPTURE(std::string(part));
        CHECK(told.text.find(part) != std::string::npos);
    }
}

std::string own_path() {
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    return std::string(path, length > 0 ? static_cast<size_t>(length) : 0);
}

constexpr const char* states = "@@net:tcp:state_change { printf(\"%d\\n\", __cur_state); }";

}  // namespace

TEST_CASE("maps: no memory for them, none to fill, none to share") {
    check_told(
        told(states, of_bpf(BPF_MAP_CREATE, ENOMEM), When::creating),
        {"cannot make the kernel map for records: Cannot allocate memory", "hint: ask for a smaller buffer with -s"});
    // Of clauses in the kernel: memory that is shared, and arrays by processor.
    const std::string kept = "int last;\n@@net:tcp:state_change { last = __cur_state; n[__cur_state]++; }";
    check_told(told(kept, {SYS_mmap, ENOMEM, 3, MAP_SHARED}, When::creating),
               {"cannot make the kernel map for global variables: Cannot allocate memory"});
    check_told(told(kept, of_bpf(BPF_MAP_UPDATE_ELEM, ENOMEM), When::creating),
               {"cannot make the kernel map for ", ": Cannot allocate memory"});
}

TEST_CASE("programs: refused without a word of the verifier, and too large") {
    check_told(told(states, of_bpf(BPF_PROG_LOAD, EACCES), When::creating),
               {"the kernel refuses the program for tracepoint `inet_sock_set_state`: Permission denied",
                "hint: `-d ebpf` shows the instructions"});
    check_told(told(states, of_bpf(BPF_PROG_LOAD, E2BIG), When::creating),
               {"the kernel refuses the program for tracepoint `inet_sock_set_state`: Argument list too long",
                "hint: --home engine leaves less of the clauses to the kernel"});
    constexpr int not_supported = 524;
    check_told(told(states, of_bpf(BPF_PROG_LOAD, not_supported), When::creating),
               {"`inet_sock_set_state`: not supported by this kernel"});
}

TEST_CASE("records: no memory to read them in") {
    // Of what is shared with the kernel, only the records are mapped to be read.
    check_told(told(states, {SYS_mmap, ENOMEM, 2, PROT_READ}, When::creating),
               {"cannot read the kernel's records: Cannot allocate memory"});
}

TEST_CASE("hooks: the program is loaded and may not be attached") {
    const Told refused = told(states, of_bpf(BPF_RAW_TRACEPOINT_OPEN, EPERM), When::starting);
    check_told(refused, {"cannot attach to `inet_sock_set_state`: Operation not permitted"});
    const RunningKernel kernel;
    if (kernel.refusal(Rung::cgroup).empty()) {
        check_told(
            told("@@net:tcp:listen_q_full { n++; }", of_bpf(BPF_LINK_CREATE, ENOMEM), When::starting, Rung::cgroup),
            {"cannot attach to the root of the unified cgroup hierarchy: Cannot allocate memory"});
    }
    if (kernel.refusal(Rung::netfilter).empty()) {
        const char* segments = "@@net:tcp:receive { n++; }";
        check_told(told(segments, of_bpf(BPF_LINK_CREATE, ENOMEM), When::starting, Rung::netfilter),
                   {"cannot attach to what netfilter delivers of IPv4: Cannot allocate memory"});
        // Each priority that is tried is another one's.
        check_told(told(segments, of_bpf(BPF_LINK_CREATE, EBUSY), When::starting, Rung::netfilter),
                   {"cannot attach to what netfilter delivers of IPv4: Device or resource busy"});
    }
}

TEST_CASE("functions of programs: the file may not be probed") {
    const std::string script = "@@uft:PID:*:traced_add:entry { n++; }";
    const Told link = told(script, of_bpf(BPF_LINK_CREATE, EACCES), When::starting);
    check_told(link, {"cannot attach to `traced_add` of `/", "live_refusals`: Permission denied"});
    // One by one, as on kernels that do not take many at once.
    std::optional<Error> one;
    bool refusing = false;
    std::thread([&] {
        refusing = refuse({SYS_perf_event_open, EACCES});
        const Result<Handle> attached = attach_uprobe({"/bin/true", 0x1000, "main"}, false, getpid(), 0, -1);
        if (!attached) one = attached.error();
    }).join();
    REQUIRE(refusing);
    REQUIRE(one.has_value());
    CHECK(one->message == "cannot attach to `main` of `/bin/true`: Permission denied");
    CHECK(one->status == ExitStatus::permission);
    // Of a library within one program: which program is kept in a map.
    check_told(told("@@uft:\"" + own_path() + "\":libc.so.6:getppid:entry { n++; }",
                    of_bpf(BPF_MAP_UPDATE_ELEM, ENOMEM), When::creating),
               {"cannot fill the kernel map for ", ": Cannot allocate memory"});
}

TEST_CASE("clocks: a file for each processor, and for each thread") {
    check_told(told("@@interval:*:clock:100:0 { n++; }", {SYS_perf_event_open, EMFILE}, When::starting),
               {"no clock can be had for processor 0: Too many open files",
                "it takes a file for each thread: raise the limit with `ulimit -n`"});
    check_told(told("@@interval:PID:clock:100 { n++; }", {SYS_perf_event_open, EACCES}, When::starting),
               {fmt::format("no clock can be had for thread {}: Permission denied", getpid()).c_str()});
    check_told(told("@@interval:PID:clock:100 { n++; }", {SYS_perf_event_open, ESRCH}, When::starting),
               {fmt::format("no clock can be had for process {}: No such process", getpid()).c_str()});
}

TEST_CASE("rungs of the ladder that the kernel refuses at the trial") {
    const auto refusal_of = [](Rung rung, const Refusal& refusal) {
        std::string out;
        std::thread([&] {
            const RunningKernel kernel;
            static_cast<void>(kernel.tracepoint("inet_sock_set_state"));  // its types are read
            if (refuse(refusal)) out = kernel.refusal(rung);
        }).join();
        return out;
    };
    CHECK(refusal_of(Rung::function, of_bpf(BPF_PROG_LOAD, EACCES)) == "trampolines are refused: Permission denied");
    CHECK(refusal_of(Rung::tracepoint, of_bpf(BPF_PROG_LOAD, EACCES)) == "Permission denied");
    CHECK(refusal_of(Rung::kprobe, of_bpf(BPF_PROG_LOAD, EACCES)) == "Permission denied");
    CHECK(refusal_of(Rung::syscall, of_bpf(BPF_PROG_LOAD, EACCES)) == "Permission denied");
    const RunningKernel kernel;
    const std::string own = kernel.refusal(Rung::function);
    if (own.empty() || own.find("cannot attach") == 0) {
        CHECK(refusal_of(Rung::function, of_bpf(BPF_RAW_TRACEPOINT_OPEN, ENOSPC)) ==
              "cannot attach to the kernel's function: No space left on device");
    }
    // The tuple is refused with all that was tried, at its place, and nothing has run.
    const Told refused = told("@@net:tcp:state_change { n++; }", of_bpf(BPF_PROG_LOAD, EACCES), When::compiling);
    check_told(refused, {"@@net:tcp:state_change cannot be had on this kernel: tracepoint: Permission denied",
                         "hint: `probevue -l -v` lists the hooks that this kernel has"});
    CHECK(refused.output.empty());
}

TEST_CASE("type information that cannot be read") {
    std::optional<Error> unusable;
    bool refusing = false;
    std::thread([&] {
        const RunningKernel kernel;
        refusing = refuse({SYS_openat, EACCES});
        unusable = kernel.unusable();
    }).join();
    REQUIRE(refusing);
    REQUIRE(unusable.has_value());
    CHECK(unusable->message == "the running kernel has no type information: /sys/kernel/btf/vmlinux cannot be read");
    CHECK(unusable->hint == "boot a kernel built with CONFIG_DEBUG_INFO_BTF, or replay a recording with -r");
    CHECK(unusable->status == ExitStatus::permission);
}

TEST_CASE("no second map for what clauses in the kernel count: what the first one has is fetched all the same") {
    bool refusing = false;
    Home home = Home::engine;
    std::string between;
    std::string output;
    std::thread([&] {
        const RunningKernel kernel;
        CompileOptions options;
        options.kernel = &kernel;
        std::string text =
            "@@uft:PID:*:traced_add:entry { n[7]++; }\n"
            "@@interval:*:clock:100 { printf(\"%d.\", n[7]); }\n"
            "@@END { printf(\"end %d\\n\", n[7]); }";
        replace_all(text, "PID", std::to_string(getpid()));
        const Compiled compiled = compile_text(text, options);
        if (!compiled.program) return;
        home = compiled.program->clauses.front().home;
        CaptureSink sink;
        std::vector<Problem> problems;
        const std::unique_ptr<Session> session = Session::create(*compiled.program, {}, sink, problems);
        if (session == nullptr) return;
        refusing = refuse(of_bpf(BPF_MAP_CREATE, ENOMEM));
        session->start();
        const auto until = [&](const char* shown) {
            constexpr int most_steps = 100;  // of an interval each
            for (int i = 0; i < most_steps && sink.output().find(shown) == std::string::npos; ++i)
                session->step(100'000'000);
        };
        for (int i = 0; i < 3; ++i) traced_add(i, 1);
        until("3.");
        for (int i = 0; i < 2; ++i) traced_add(i, 1);
        until("5.");
        between = sink.output();
        traced_add(1, 1);
        session->request_stop();
        while (session->step(1'000'000'000)) continue;
        session->finish();
        output = sink.output();
    }).join();
    REQUIRE(refusing);
    if (home != Home::kernel) return;  // older kernels only capture at functions of programs
    CHECK(between.find("3.") != std::string::npos);
    CHECK(between.find("5.") != std::string::npos);
    CHECK(output.find("end 6\n") != std::string::npos);
}

TEST_CASE("packets: no socket for them") {
    const Told refused = told("@@net:bpf:lo:udp:\"\" { n++; }", {SYS_socket, EMFILE, 0, AF_PACKET}, When::creating);
    CAPTURE(refused.text);
    CHECK(refused.text.find("packets of `lo` cannot be seen: ") != std::string::npos);
    CHECK(refused.text.find("Too many open files") != std::string::npos);
    CHECK(refused.status == ExitStatus::run_time);
    CHECK(refused.output.empty());
}

TEST_CASE("a script that was compiled without this kernel") {
    const Compiled compiled = compile_text("@@net:tcp:state_change { n++; }", {});
    REQUIRE(compiled.program.has_value());
    CaptureSink sink;
    std::vector<Problem> problems;
    CHECK(Session::create(*compiled.program, {}, sink, problems) == nullptr);
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().error.message == "the script was not compiled for this kernel");
}

}  // namespace probevue::live

int main(int argc, char** argv) {
    traced_add(0, 0);
    return probevue::live::run_cases(argc, argv);
}
