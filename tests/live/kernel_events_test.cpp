// Events of the running kernel against loads that cause a known number of them, and against the kernel's own counters.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "tests/live/on_rungs.h"
#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

constexpr const char* states =
    R"(@@net:tcp:state_change when (__netns == NETNS) { printf("%d>%d\n", __prev_state, __cur_state); })";

// What every connection passes through that its client closes first, by AIX's numbers and by the kernel's own.
struct Transition {
    const char* line;
    uint32_t before;
    uint32_t after;
};
constexpr Transition transitions[] = {
    {"0>2", TCP_CLOSE, TCP_SYN_SENT},        {"2>4", TCP_SYN_SENT, TCP_ESTABLISHED},
    {"1>3", TCP_LISTEN, TCP_SYN_RECV},       {"3>4", TCP_SYN_RECV, TCP_ESTABLISHED},
    {"4>6", TCP_ESTABLISHED, TCP_FIN_WAIT1}, {"4>5", TCP_ESTABLISHED, TCP_CLOSE_WAIT},
    {"5>8", TCP_CLOSE_WAIT, TCP_LAST_ACK},   {"6>9", TCP_FIN_WAIT1, TCP_FIN_WAIT2},
    {"9>10", TCP_FIN_WAIT2, TCP_CLOSE},      {"8>0", TCP_LAST_ACK, TCP_CLOSE},
};

// The kernel passes over an event that comes inside of another one's program: then it must have been counted.
void check_states(const TracedRun& traced, const Visible& visible, int connections) {
    const uint64_t nested = traced.statistics.nested;
    CHECK(traced.statistics.lost() == nested);
    check_traced(static_cast<uint64_t>(traced.all()) + nested, visible);
    for (const Transition& each : transitions) {
        CAPTURE(std::string(each.line));
        const auto count = static_cast<uint64_t>(traced.of(each.line));
        const uint64_t seen = visible.all() ? static_cast<uint64_t>(connections)
                                            : visible.of(Witness::by_states(each.before, each.after));
        CHECK(count <= static_cast<uint64_t>(connections));
        CHECK(count <= seen);
        CHECK(count + nested >= seen);
    }
    CHECK(traced.of("0>1") <= 1);
    CHECK(traced.of("1>0") <= 1);
    // The predicate ran in the kernel: other networks' events have not come out of it.
    CHECK(traced.statistics.events == traced.statistics.matched);
}

}  // namespace

TEST_CASE("state changes of one, of a hundred and of thousands of connections") {
    const auto check = [](const char* listener, const char* target, int count) {
        Visible visible;
        const TracedRun traced = trace(states, [&] {
            visible = witness_states([&] { connections(listener, target, 17'001, count); },
                                     10 * static_cast<uint64_t>(count) + 2);
        });
        check_states(traced, visible, count);
    };
    check("127.0.0.1", "127.0.0.1", 1);
    check("127.0.0.1", "127.0.0.1", 100);
    check("::1", "::1", 100);
    check("::", "127.0.0.1", 100);
    check("127.0.0.1", "127.0.0.1", many(10'000, 1'000));
}

TEST_CASE("ends of a connection") {
    const char* script = R"(@@net:tcp:state_change
        when (__netns == NETNS and __prev_state == TCPS_SYN_SENT and __cur_state == TCPS_ESTABLISHED)
        { printf("%I %I:%d %d\n", __proto_info->local_addr, __proto_info->remote_addr, __proto_info->remote_port, __proto_info->local_port > 0); })";
    const auto one = [&](const char* listener, const char* target) {
        return trace(script, [&] { connections(listener, target, 17'002, 1); });
    };
    CHECK(one("127.0.0.1", "127.0.0.1").of("127.0.0.1 127.0.0.1:17002 1") == 1);
    CHECK(one("::1", "::1").of("::1 ::1:17002 1") == 1);
    CHECK(one("::", "::ffff:127.0.0.1").of("127.0.0.1 127.0.0.1:17002 1") == 1);
}

TEST_CASE("a predicate on an address runs in the kernel") {
    const char* script =
        R"(@@net:tcp:state_change when (__netns == NETNS and __proto_info->local_addr == "127.0.0.2") { printf("hit\n"); })";
    const TracedRun traced = trace(script, [] {
        connections("127.0.0.1", "127.0.0.1", 17'003, 20);
        connections("127.0.0.2", "127.0.0.2", 17'003, 1);
    });
    CHECK(traced.all() > 0);
    CHECK(traced.statistics.events == traced.statistics.matched);
}

TEST_CASE("several clauses on one kind of event, each with its own predicate") {
    const char* script = R"(
        @@net:tcp:state_change when (__netns == NETNS and __cur_state == TCPS_LISTEN) { printf("a\n"); }
        @@net:tcp:state_change when (__netns == NETNS and __prev_state == TCPS_LISTEN and __cur_state == TCPS_CLOSED) { printf("b\n"); }
        @@net:tcp:state_change when (__netns == NETNS and __pid == 1) { printf("c\n"); })";
    const TracedRun traced = trace(script, [] { connections("127.0.0.1", "127.0.0.1", 17'004, 5); });
    CHECK(traced.of("a") == 1);
    CHECK(traced.of("b") == 1);
    CHECK(traced.of("c") == 0);
}

// What a counter of the kernel and a witness said of the load, and what was traced of it.
struct Compared {
    Visible visible;
    TracedRun traced;

    uint64_t lines(const std::string& line) const { return static_cast<uint64_t>(traced.of(line)); }
    // With those that the kernel counted instead of telling them.
    uint64_t known(const std::string& line) const { return lines(line) + traced.statistics.nested; }
};

template <class Make>
Compared compare(const char* script, Rung rung, const std::function<uint64_t()>& count, Make make,
                 const std::function<void()>& load) {
    Compared out;
    out.traced = trace(
        script, [&] { out.visible = witnessed(make, [&] { return counted(count, load); }); }, rung);
    return out;
}

TEST_CASE("retransmissions are those that the kernel counts") {
    const char* script = R"(@@net:tcp:retransmit when (__netns == NETNS) { printf("%d\n", __nth_retransmit > 0); })";
    on_each_rung(ProbeKind::tcp_retransmit, "tcp:retransmit", [&](Rung rung) {
        for (const char* address : {"127.0.0.1", "::1"}) {
            CAPTURE(std::string(address));
            const Compared all = compare(script, rung, sent_again, witness_of_retransmissions,
                                         [&] { retransmissions(address, 17'005, 3); });
            CHECK(all.visible.caused >= 3);
            check_traced(all.known("1"), all.visible);
            CHECK(all.traced.of("0") == 0);
        }
    });
}

TEST_CASE("refused connections are those that the kernel counts") {
    const char* script = R"(@@net:tcp:listen_q_full when (__netns == NETNS and __proto_info->remote_port == 0)
        { printf("%d %I %d %d\n", __why == WHY_SYN_REFUSED, __peer->addr, __peer->port > 0, __proto_info->local_port); })";
    on_each_rung(ProbeKind::tcp_listen_full, "tcp:listen_q_full", [&](Rung rung) {
        for (const char* address : {"127.0.0.1", "::1"}) {
            CAPTURE(std::string(address));
            const bool six = std::strchr(address, ':') != nullptr;
            const Compared requests = compare(
                script, rung, refused, [&] { return witness_of_requests(17'006, six); },
                [&] { full_listener(address, 17'006, 8); });
            CHECK(requests.visible.caused >= 12);
            check_traced(requests.known(fmt::format("1 {} 1 17006", address)), requests.visible);
            CHECK(requests.traced.all() == static_cast<int>(requests.lines(fmt::format("1 {} 1 17006", address))));
            const Compared last = compare(
                script, rung, refused, [&] { return witness_of_last_steps(17'007, six); },
                [&] { full_at_the_last_step(address, 17'007, 6); });
            CHECK(last.visible.caused >= 8);
            check_traced(last.known(fmt::format("0 {} 1 17007", address)), last.visible);
        }
    });
}

TEST_CASE("lost datagrams are those that the kernel counts") {
    const char* script = R"(@@net:udp:sock_recv_buf_overflow when (__netns == NETNS)
        { printf("%I:%d %I %d\n", __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr, __why == WHY_BUFFER_FULL); })";
    on_each_rung(ProbeKind::udp_overflow, "udp:sock_recv_buf_overflow", [&](Rung rung) {
        const auto check = [&](const char* receiver, const char* target, const char* line) {
            CAPTURE(std::string(receiver));
            const Compared all = compare(script, rung, lost_in_buffers, witness_of_lost_datagrams,
                                         [&] { lost_datagrams(receiver, target, 17'008, 40); });
            CHECK(all.visible.caused > 0);
            check_traced(all.known(line), all.visible);
            CHECK(static_cast<uint64_t>(all.traced.all()) == all.lines(line));
        };
        check("127.0.0.1", "127.0.0.1", "127.0.0.1:17008 127.0.0.1 1");
        check("::1", "::1", "::1:17008 ::1 1");
        check("::", "127.0.0.1", "127.0.0.1:17008 127.0.0.1 1");
    });
}

TEST_CASE("a full send buffer is told of once") {
    const char* script =
        R"(@@net:tcp:send_buf_full when (__netns == NETNS) { printf("%d %s\n", __why == WHY_BUFFER_FULL, __pname); })";
    on_each_rung(ProbeKind::tcp_send_full, "tcp:send_buf_full", [&](Rung rung) {
        int episodes = 0;
        const TracedRun traced = trace(
            script, [&] { episodes = full_sender("127.0.0.1", 17'009); }, rung);
        CHECK(episodes > 0);
        CHECK(traced.all() == episodes);
    });
}

TEST_CASE("a receive window that closes, and data that is refused") {
    const char* script =
        R"(@@net:tcp:recv_buf_full when (__netns == NETNS) { printf("%d %d\n", __proto_info->local_port, __why); })";
    on_each_rung(ProbeKind::tcp_recv_full, "tcp:recv_buf_full", [&](Rung rung) {
        const TracedRun closed = trace(
            script, [] { closed_window("127.0.0.1", 17'010); }, rung);
        CHECK(closed.of("17010 4") == 1);
        CHECK(closed.all() == 1);
        // The receiver may announce room between two refusals: then there is more than one episode.
        uint64_t counted = 0;
        const TracedRun shrunk = trace(
            script,
            [&] {
                const uint64_t before = refused_segments();
                shrunk_buffer("127.0.0.1", 17'011);
                counted = refused_segments() - before;
            },
            rung);
        CHECK(shrunk.of("17011 5") >= 1);
        CHECK(static_cast<uint64_t>(shrunk.of("17011 5")) <= counted);
    });
}

// Processors hand over their records in any order, packets come through a socket of their own.
TEST_CASE("packets, events and intervals of all processors come out in the order of time") {
    const char* script = R"(
        @@net:bpf:lo:tcp:"tcp port 17012" { printf("%lld packet\n", (long long)timestamp()); }
        @@net:tcp:state_change when (__netns == NETNS and __cur_state == TCPS_SYN_SENT) { printf("%lld event %d\n", (long long)timestamp(), __tid); }
        @@net:tcp:state_change when (__netns == NETNS) { String s[8]; s = "ev" + "ent"; printf("%lld %s\n", (long long)timestamp(), s); }
        @@interval:*:clock:100 { printf("%lld interval\n", (long long)timestamp()); })";
    const auto processors = static_cast<int>(std::thread::hardware_concurrency());
    constexpr int each = 300;
    const TracedRun run = trace(script, [&] {
        std::vector<std::thread> running;
        for (int cpu = 0; cpu < processors; ++cpu) {
            running.emplace_back([cpu] {
                cpu_set_t only;
                CPU_ZERO(&only);
                CPU_SET(cpu, &only);
                sched_setaffinity(0, sizeof only, &only);
                const std::string address = fmt::format("127.0.1.{}", cpu + 1);
                connections(address, address, 17'012, each);
                let_time_pass(120);  // an interval of 100 ms runs out
            });
        }
        for (std::thread& one : running) one.join();
    });
    std::map<std::string, int> kinds;
    std::set<std::string> threads;
    long long before = 0;
    uint64_t late = 0;
    std::string last;
    std::string backwards;
    for (const std::string& line : run.in_order()) {
        std::istringstream in(line);
        long long time = 0;
        std::string kind;
        std::string thread;
        in >> time >> kind >> thread;
        if (time < before) {
            backwards += last + ", then " + line + "\n";
            ++late;
        }
        before = std::max(before, time);
        last = line;
        ++kinds[kind];
        if (!thread.empty()) threads.insert(thread);
    }
    // A processor may be taken away from a program that has read the time, and a timer of the kernel run late: that is
    // counted. Emulated processors take turns of many milliseconds, so that there it happens.
    CAPTURE(backwards);
    CHECK(late <= run.statistics.out_of_order);
    if (std::getenv("PROBEVUE_TEST_EMULATED") == nullptr) CHECK(run.statistics.out_of_order == 0);
    CHECK(threads.size() == static_cast<size_t>(processors));
    CHECK(kinds["packet"] >= each * processors * 6);
    CHECK(kinds["event"] >= each * processors * 10);
    CHECK(kinds["interval"] >= 1);
    CHECK(run.statistics.lost() == 0);
}

TEST_CASE("a rung that the kernel lacks is named") {
    const RunningKernel kernel;
    for (const Rung rung : {Rung::function, Rung::kprobe}) {
        if (kernel.refusal(rung).empty()) continue;
        const TracedRun traced = trace(R"(@@net:tcp:listen_q_full { printf("x\n"); })", [] {}, rung);
        REQUIRE(traced.problems.size() == 1);
        CHECK(traced.problems.front().error.status == ExitStatus::permission);
        CHECK(traced.errors.find(rung_row(rung).name) != std::string::npos);
        CHECK(traced.problems.front().position.line == 1);
    }
}

TEST_CASE("what the kernel's verifier refuses is told with its line of the script") {
    CompileInput input;
    input.name = "test.e";
    input.text = "@@BEGIN { printf(\"never\\n\"); }\n@@net:tcp:state_change when (__cur_state == 4) { exit(); }\n";
    const RunningKernel kernel;
    CompileOptions options;
    options.kernel = &kernel;
    Compiled compiled = compile(std::move(input), options);
    REQUIRE(compiled.program.has_value());
    KernelProgram& program = compiled.program->kernel_programs.front();
    const auto of_clause = std::find_if(program.lines.begin(), program.lines.end(),
                                        [](const SourcePosition& line) { return line.line == 2; });
    REQUIRE(of_clause != program.lines.end());
    bpf_insn& broken = program.code[static_cast<size_t>(of_clause - program.lines.begin())];
    broken = {BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_0, BPF_REG_10, 8, 0};  // above the frame
    CaptureSink sink;
    std::vector<Problem> problems;
    CHECK(Session::create(*compiled.program, {}, sink, problems) == nullptr);
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().position.line == 2);
    CHECK(problems.front().error.status == ExitStatus::permission);
    CHECK(problems.front().error.message.find("its verifier: ") != std::string::npos);
    CHECK(problems.front().error.message.find(", at instruction ") != std::string::npos);
    CHECK(sink.output().empty());
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
