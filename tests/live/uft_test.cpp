// Functions of programs (@@uft): this process traces itself, and programs that it starts. What the functions were
// called with, and how often, is known because it is this file that calls them.
#define DOCTEST_CONFIG_IMPLEMENT
#include <bpf/bpf.h>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "tests/live/traced_functions.h"
#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

std::string own_path() {
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    return std::string(path, length > 0 ? static_cast<size_t>(length) : 0);
}

constexpr const char* add_prototype = "int traced_add(int a, int b);\n";

// Starts this program with arguments and waits for its end.
void run_self(const char* what) {
    const std::string path = own_path();
    const pid_t pid = fork();
    if (pid == 0) {
        execl(path.c_str(), path.c_str(), what, nullptr);
        _exit(127);
    }
    waitpid(pid, nullptr, 0);
}

struct LoadedPrograms {
    int programs = 0;        // that this process has open
    int function_calls = 0;  // in them, of functions of the kernel that are no helper functions
};

LoadedPrograms loaded_programs() {
    LoadedPrograms out;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (std::filesystem::read_symlink(entry.path(), gone) != "anon_inode:bpf-prog") continue;
        std::vector<bpf_insn> code(4096);
        bpf_prog_info info{};
        info.xlated_prog_insns = reinterpret_cast<uint64_t>(code.data());
        info.xlated_prog_len = static_cast<uint32_t>(code.size() * sizeof(bpf_insn));
        uint32_t size = sizeof info;
        REQUIRE(bpf_obj_get_info_by_fd(std::stoi(entry.path().filename()), &info, &size) == 0);
        code.resize(info.xlated_prog_len / sizeof(bpf_insn));
        ++out.programs;
        for (const bpf_insn& insn : code) {
            if (insn.code == (BPF_JMP | BPF_CALL) && insn.src_reg == BPF_PSEUDO_KFUNC_CALL) ++out.function_calls;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("entry and exit: as often as it is called, with arguments and results") {
    for (const int calls : {1, 100, many(10'000, 2'000)}) {
        CAPTURE(calls);
        const TracedRun run = run_traced(std::string(add_prototype) + R"(
            int n, wrong, sum, results;
            @@uft:PID:*:traced_add:entry { n++; sum += __arg1; if (__arg2 != -7) wrong++; }
            @@uft:PID:*:traced_add:exit { results += __rv; }
            @@END { printf("%d %d %d %d\n", n, wrong, sum, results); })",
                                         [&] {
                                             for (int i = 0; i < calls; ++i) traced_add(i, -7);
                                         });
        const int sum = calls * (calls - 1) / 2;
        CHECK(run.output ==
              std::to_string(calls) + " 0 " + std::to_string(sum) + " " + std::to_string(sum - 7 * calls) + "\n");
        CHECK(run.statistics.lost() == 0);
    }
}

TEST_CASE("ten arguments of several widths: registers and stack") {
    const TracedRun run = run_traced(R"(
        unsigned long traced_many(signed char a, short b, int c, long d, unsigned char e, unsigned f, long g, int h, long i, short j);
        @@uft:PID:*:traced_many:entry
        { printf("%d %d %d %ld %d %u %ld %d %ld %d\n", __arg1, __arg2, __arg3, __arg4, __arg5, __arg6, __arg7, __arg8, __arg9, __arg10); })",
                                     [] {
                                         traced_many(-1, -300, -70'000, -5'000'000'000, 250, 4'000'000'000u,
                                                     6'000'000'000, -8, -9'000'000'000, -10);
                                     });
    CHECK(run.output == "-1 -300 -70000 -5000000000 250 4000000000 6000000000 -8 -9000000000 -10\n");
}

TEST_CASE("a predicate on an argument runs in the kernel") {
    const TracedRun run = run_traced(
        std::string(add_prototype) + R"(@@uft:PID:*:traced_add:entry when (__arg1 == 42) { printf("hit\n"); })", [] {
            for (int i = 0; i < 100; ++i) traced_add(i, 0);
        });
    CHECK(run.output == "hit\n");
    CHECK(run.statistics.events == 1);
}

TEST_CASE("several functions by a regular expression, several clauses on one function") {
    const TracedRun run = run_traced(R"(
        @@uft:PID:*:"/^traced_(add|depth)$/":entry { calls[get_function()]++; }
        @@uft:PID:*:traced_add:entry { second++; }
        @@END { print(calls); printf("%d\n", second); })",
                                     [] {
                                         traced_add(1, 2);
                                         traced_add(1, 2);
                                         traced_depth(4);
                                     });
    CHECK(run.output == "calls[traced_add] = 2\ncalls[traced_depth] = 5\n2\n");
}

TEST_CASE("recursion: entries and exits pair up within a thread") {
    const TracedRun run = run_traced(R"(
        int traced_depth(int n);
        __thread int level;
        @@uft:PID:*:traced_depth:entry { thread:level = thread:level + 1; printf("in %d at %d\n", __arg1, thread:level); }
        @@uft:PID:*:traced_depth:exit { printf("out %d at %d\n", __rv, thread:level); thread:level = thread:level - 1; })",
                                     [] { traced_depth(3); });
    CHECK(run.output == "in 3 at 1\nin 2 at 2\nin 1 at 3\nin 0 at 4\nout 0 at 4\nout 1 at 3\nout 2 at 2\nout 3 at 1\n");
}

TEST_CASE("all threads of a process, each with variables of its own") {
    constexpr int threads = 8;
    constexpr int calls = 500;
    const TracedRun run = run_traced(std::string(add_prototype) + R"(
        @@uft:PID:*:traced_add:entry { thread:kept = __arg1; }
        @@uft:PID:*:traced_add:exit { if (thread:kept + 1 != __rv) wrong++; by_thread[__tid]++; all++; }
        @@END { printf("%d %d\n", all, wrong); print(by_thread); })",
                                     [] {
                                         std::vector<std::thread> running;
                                         for (int t = 0; t < threads; ++t) {
                                             running.emplace_back([t] {
                                                 for (int i = 0; i < calls; ++i) traced_add(t * 1000 + i, 1);
                                             });
                                         }
                                         for (std::thread& one : running) one.join();
                                     });
    CAPTURE(run.output);
    CAPTURE(run.statistics.lost());
    CAPTURE(run.statistics.nested);
    CHECK(run.of(std::to_string(threads * calls) + " 0") == 1);
    CHECK(run.lines.size() == threads + 1);
}

TEST_CASE("no other thread interrupts a program at a function, where the kernel would give both the same memory") {
    // What all is in each program: one call at its start, one at its end.
    const int calls = running_kernel().function("bpf_preempt_disable") ? 2 : 0;
    LoadedPrograms found;
    const TracedRun run = run_traced(
        "@@uft:PID:*:traced_add:entry { n++; }\n@@uft:PID:*:traced_add:exit { n++; }\n"
        "@@END { printf(\"%d\\n\", n); }",
        [&] {
            found = loaded_programs();
            traced_add(1, 2);
        });
    CHECK(run.output == "2\n");
    CHECK(found.programs == 2);
    CHECK(found.function_calls == 2 * calls);
    // Of the others one at a time is on a processor as it is.
    for (const Rung rung : {Rung::tracepoint, Rung::function, Rung::kprobe}) {
        if (!running_kernel().refusal(rung).empty()) continue;
        CAPTURE(rung_row(rung).name);
        TraceSetup setup;
        setup.rung = rung;
        found = {};
        const TracedRun other = run_traced(
            "@@net:tcp:state_change { n++; }", [&] { found = loaded_programs(); }, std::move(setup));
        CHECK(other.errors.empty());
        CHECK(found.programs > 0);
        CHECK(found.function_calls == 0);
    }
}

TEST_CASE("calls as text, by the prototype and without one") {
    const TracedRun run = run_traced(std::string(add_prototype) + R"(
        @@uft:PID:*:traced_add:entry { print_args(); }
        @@uft:PID:*:traced_add:exit { print_args(); }
        @@uft:PID:*:traced_depth:exit { print_args(); })",
                                     [] {
                                         traced_add(3, -4);
                                         traced_depth(0);
                                     });
    CHECK(run.output == "traced_add(3, -4)\ntraced_add() = -1\ntraced_depth() = 0x0\n");
}

TEST_CASE("places: location, address of the instruction") {
    const TracedRun run = run_traced(std::string(add_prototype) + R"(
        @@uft:PID:*:traced_add:entry { printf("%lx %lx %d\n", get_location_point(), __mst->iar, __kernelmode); })",
                                     [] { traced_add(3, -4); });
    char address[32];
    std::snprintf(address, sizeof address, "%lx", reinterpret_cast<unsigned long>(&traced_add));
    CHECK(run.output == std::string(address) + " " + address + " 0\n");
}

TEST_CASE("by program: every process that runs it, and no other") {
    const std::string path = own_path();
    const TracedRun run = run_traced(std::string(add_prototype) + "@@uft:\"" + path +
                                         R"(":*:traced_add:entry { printf("%d %d\n", __arg1, __pid == PID); })",
                                     [] {
                                         run_self("--call");
                                         run_self("--call");
                                         traced_add(5, 5);
                                     });
    CHECK(run.of("1234 0") == 2);
    CHECK(run.of("5 1") == 1);
    CHECK(run.lines.size() == 2);
}

TEST_CASE("a library's function, by process, by program and by library alone") {
    const auto load = [] {
        for (int i = 0; i < 3; ++i) static_cast<void>(getppid());
    };
    const std::string clause = ":getppid:entry when (__pid == PID) { n++; }\n@@END { printf(\"%d\\n\", n); }";
    CHECK(run_traced("@@uft:PID:libc.so.6" + clause, load).output == "3\n");
    CHECK(run_traced("@@uft:PID:libc" + clause, load).output == "3\n");
    CHECK(run_traced("@@uft:PID:*" + clause, load).output == "3\n");
    CHECK(run_traced("@@uft:\"" + own_path() + "\":libc.so.6" + clause, load).output == "3\n");
    CHECK(run_traced("@@uft:*:libc.so.6" + clause, load).output == "3\n");
    // Other programs that use the library are no business of a tuple that names one.
    const std::string copy = "/tmp/probevue_uft_" + std::to_string(getpid());
    std::filesystem::copy_file(own_path(), copy);
    const TracedRun other = run_traced("@@uft:\"" + copy + "\":libc.so.6" + clause, load);
    std::filesystem::remove(copy);
    CHECK(other.output == "0\n");
}

TEST_CASE("a program that is started by -X is known before it runs") {
    int gate[2];
    REQUIRE(pipe(gate) == 0);
    const std::string path = own_path();
    const pid_t child = fork();
    if (child == 0) {
        char go = 0;
        if (read(gate[0], &go, 1) == 1) execl(path.c_str(), path.c_str(), "--call", nullptr);
        _exit(127);
    }
    TraceSetup setup;
    setup.session.attach.started = {child, path};
    const TracedRun run = run_traced(
        std::string(add_prototype) + "@@uft:" + std::to_string(child) +
            R"(:*:traced_add:entry { printf("%d %s\n", __arg1, __pname); })",
        [&] {
            CHECK(write(gate[1], "g", 1) == 1);
            waitpid(child, nullptr, 0);
        },
        std::move(setup));
    CHECK(run.output == "1234 live_uft\n");
}

TEST_CASE("a process that ends is no end of the session") {
    const pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    const TracedRun run = run_traced(
        "@@uft:" + std::to_string(child) + ":*:traced_add:entry { n++; } @@END { printf(\"%d\\n\", n); }", [&] {
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
            traced_add(1, 1);
        });
    CHECK(run.output == "0\n");
}

TEST_CASE("what cannot be found is said") {
    const auto refused = [](const std::string& text) { return run_traced(text, [] {}); };
    const TracedRun misspelt = refused("@@uft:PID:*:traced_ad:entry { }");
    CHECK(misspelt.problem() == "neither `live_uft` nor its libraries have a function `traced_ad`");
    CHECK(misspelt.hint() == "did you mean `traced_add`?");
    CHECK(refused("@@uft:PID:libnothing:read:entry { }").problem() == "there is no module `libnothing`");
    CHECK(refused("@@uft:4194304:*:read:entry { }").problem() == "there is no process 4194304");
    CHECK(refused("@@uft:/no/such/program:*:main:entry { }").problem() == "there is no program `/no/such/program`");
    CHECK(refused("@@uft:PID:*:\"/(/\":entry { }").problem().find("is no regular expression") != std::string::npos);
    CHECK(refused("@@uft:PID:*:\"/./\":entry { }").problem().find("at most 1000 can be probed") != std::string::npos);
    CHECK(refused("@@uft:*:*:main:entry { }").problem() ==
          "it is not known in which program or library to look for the function");
}

}  // namespace probevue::live

int main(int argc, char** argv) {
    if (argc > 1 && std::strcmp(argv[1], "--call") == 0) return traced_add(1234, 0) == 1234 ? 0 : 1;
    traced_add(0, 0);
    traced_many(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    traced_depth(0);
    return probevue::live::run_cases(argc, argv);
}
