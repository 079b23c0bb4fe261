// Programs for the kernel, made for a kernel of our own invention.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "compiler/compile.h"
#include "compiler/program/hook_choice.h"
#include "tests/unit/fake_kernel.h"
#include "tests/unit/program_for.h"

namespace probevue {
namespace {

// With every action in the engine.
Program compiled(const std::string& text, const KernelFacts& kernel, std::optional<Rung> rung = std::nullopt) {
    return program_for(text, kernel, rung, HomeChoice::engine);
}

std::set<std::string> fields(const KernelProgram& program) {
    std::set<std::string> out;
    for (const CapturedField& field : program.fields) out.emplace(event_field(field.field).name);
    return out;
}

bool calls(const KernelProgram& program, int32_t helper) {
    return std::any_of(program.code.begin(), program.code.end(),
                       [&](const bpf_insn& insn) { return insn.code == (BPF_JMP | BPF_CALL) && insn.imm == helper; });
}

std::vector<std::string> targets(ProbeKind kind, const KernelFacts& kernel, std::string& tried,
                                 std::optional<Rung> rung = std::nullopt) {
    std::vector<std::string> out;
    for (const HookRow* row : choose_hooks({kind, {}}, kernel, rung, tried))
        out.push_back(fmt::format("{} {}", rung_row(row->rung).name, row->target));
    return out;
}

}  // namespace

TEST_CASE(
    "where no function can be hooked, messages tell of devices: clauses run in the engine, in the order of their "
    "text") {
    FakeKernel kernel;
    const std::string text = R"(int n;
        @@net:netdev:open { n++; }
        @@net:netdev:change_mtu, @@net:netdev:open when (__pid == -1) { printf("%s\n", __netdev->dev_name); })";
    const Program program = program_for(text, kernel);
    CHECK(program.kernel_programs.empty());
    CHECK(program.kernel_refusals.empty());
    REQUIRE(program.kernel_messages.size() == 2);
    CHECK(program.kernel_messages[0].hook->kind == ProbeKind::netdev_open);
    REQUIRE(program.kernel_messages[0].tuples.size() == 2);
    CHECK(program.kernel_messages[0].tuples[0].clause == 0);
    CHECK(program.kernel_messages[0].tuples[1].clause == 1);
    CHECK(program.kernel_messages[0].tuples[1].tuple == 1);
    CHECK(program.kernel_messages[1].hook->kind == ProbeKind::netdev_change_mtu);
    for (const ClauseCode& clause : program.clauses) {
        CHECK(clause.home == Home::engine);
        CHECK(clause.home_reason == "is told of events by messages of the kernel, where no program runs");
    }
    // Not to be had by the one rung that is asked for.
    REQUIRE(compiled(text, kernel, Rung::function).kernel_refusals.size() == 3);
    CHECK(compiled("@@net:netdev:get_stats { exit(); }", kernel).kernel_refusals[0].tried ==
          "fentry: the kernel has no function `dev_get_stats`; kprobe: the kernel has no function `dev_get_stats`");
}

TEST_CASE("a hook none of whose causes the kernel knows is refused") {
    FakeKernel kernel;
    kernel.functions["call_netdevice_notifiers_info"] = {205, {"", "netdev_notifier_info"}};
    const Program program = compiled("@@net:netdev:open { printf(\"%s\\n\", __netdev->dev_name); }", kernel);
    CHECK(program.kernel_programs.empty());
    REQUIRE(program.kernel_refusals.size() == 1);
    CHECK(program.kernel_refusals[0].tried ==
          "fentry call_netdevice_notifiers_info: the kernel has no enumerator `NETDEV_UP`");
}

TEST_CASE("the first rung on which every part can be had is taken") {
    FakeKernel kernel;
    std::string tried;
    using List = std::vector<std::string>;
    CHECK(targets(ProbeKind::tcp_state, kernel, tried) ==
          List{"tracepoint inet_sock_set_state", "tracepoint inet_sock_set_state", "tracepoint net_dev_queue"});
    CHECK(targets(ProbeKind::tcp_retransmit, kernel, tried) ==
          List{"tracepoint tcp_retransmit_skb", "tracepoint tcp_retransmit_synack"});
    CHECK(targets(ProbeKind::udp_overflow, kernel, tried) == List{"tracepoint udp_fail_queue_rcv_skb"});
    CHECK(tried.empty());

    // A tracepoint with fewer arguments than are needed does not serve.
    kernel.tracepoints_["udp_fail_queue_rcv_skb"].arguments.pop_back();
    CHECK(targets(ProbeKind::udp_overflow, kernel, tried) == List{"fentry __udp_enqueue_schedule_skb"});
    CHECK(tried == "tracepoint: the tracepoint `udp_fail_queue_rcv_skb` has 2 arguments, 3 are needed");

    // Nor does a function with more than are known: on older kernels they mean other things.
    kernel.functions["tcp_recvmsg"] = {204, {"sock", "msghdr", "", "", ""}};
    tried.clear();
    CHECK(targets(ProbeKind::tcp_recvmsg_entry, kernel, tried, Rung::function) == List{"fentry tcp_recvmsg"});
    kernel.functions["tcp_recvmsg"].arguments.push_back("");
    CHECK(targets(ProbeKind::tcp_recvmsg_entry, kernel, tried, Rung::function).empty());
    CHECK(tried == "fentry: the function `tcp_recvmsg` has 6 arguments, of which at most 5 are known");

    // One of two parts is not enough.
    kernel.tracepoints_.erase("kfree_skb");
    CHECK(targets(ProbeKind::tcp_recv_full, kernel, tried) ==
          List{"fentry net_dev_queue", "fentry tcp_try_rmem_schedule"});

    kernel.refusals[Rung::function] = "trampolines are refused";
    tried.clear();
    CHECK(targets(ProbeKind::udp_overflow, kernel, tried) == List{"kprobe __udp_enqueue_schedule_skb"});
    CHECK(tried.find("fentry: trampolines are refused") != std::string::npos);

    CHECK(targets(ProbeKind::tcp_state, kernel, tried, Rung::kprobe).empty());
    CHECK(targets(ProbeKind::tcp_listen_full, kernel, tried, Rung::cgroup) == List{"cgroup ingress"});
    CHECK(targets(ProbeKind::tcp_receive, kernel, tried, Rung::netfilter) == List{"netfilter ipv4", "netfilter ipv6"});
}

TEST_CASE("a tuple that no rung serves is refused with all that was tried") {
    FakeKernel kernel;
    kernel.refusals[Rung::function] = "operation not permitted";
    kernel.refusals[Rung::kprobe] = "the kernel has no kprobes";
    const Program program = compiled("@@net:tcp:send_buf_full { printf(\"x\\n\"); }", kernel);
    CHECK(program.kernel_programs.empty());
    REQUIRE(program.kernel_refusals.size() == 1);
    CHECK(program.kernel_refusals[0].tried ==
          "tracepoint: the kernel has no tracepoint `tcp_sendmsg_locked`; fentry: operation not permitted; kprobe: the "
          "kernel has no kprobes");
}

TEST_CASE("a member that the kernel lacks is named") {
    FakeKernel kernel;
    kernel.absent.insert("tcp_sock.total_retrans");
    const Program program = compiled("@@net:tcp:retransmit { printf(\"%d\\n\", __total_retransmit); }", kernel);
    REQUIRE(program.kernel_refusals.size() == 1);
    CHECK(program.kernel_refusals[0].tried.find("the kernel has no `tcp_sock.total_retrans`") != std::string::npos);
    CHECK(program.kernel_programs.empty());
}

TEST_CASE("a program captures what the clauses read, and no more") {
    const FakeKernel kernel;
    const Program program = compiled(
        "@@net:tcp:state_change when (__cur_state == TCPS_LISTEN) { printf(\"%d\\n\", __proto_info->remote_port); }\n"
        "@@net:tcp:state_change { printf(\"%I\\n\", __proto_info->remote_addr); }\n"
        "@@net:tcp:retransmit { printf(\"%d\\n\", __nth_retransmit); }",
        kernel);
    REQUIRE(program.kernel_programs.size() == 3);  // state changes, and both sorts of retransmissions
    const KernelProgram& states = program.kernel_programs[0];
    CHECK(states.hook->target == "inet_sock_set_state");
    CHECK(states.target.btf_id == 101);
    CHECK(fields(states) == std::set<std::string>{"pid", "tid", "cur_state", "remote_port", "remote_addr"});
    CHECK(states.record_size == sizeof(KernelRecord) + 4 * 8 + 24);
    CHECK(states.tuples.size() == 2);
    CHECK(states.lines.size() == states.code.size());
    CHECK(calls(states, BPF_FUNC_ringbuf_output));
    CHECK(fields(program.kernel_programs[1]).contains("nth_retransmit"));
    CHECK(program.kernel_maps.size() == 3);  // ring, losses, packets that were sent again
    CHECK(program.kernel_programs[1].hook->part != program.kernel_programs[2].hook->part);
}

TEST_CASE("fields lie behind each other and nowhere else") {
    const FakeKernel kernel;
    const Program program = compiled(
        "@@net:udp:sock_recv_buf_overflow { printf(\"%s %I %I %d\\n\", __pname, __proto_info->local_addr, "
        "__proto_info->remote_addr, __why); }",
        kernel);
    REQUIRE(program.kernel_programs.size() == 1);
    uint32_t at = sizeof(KernelRecord);
    for (const CapturedField& field : program.kernel_programs[0].fields) {
        CHECK(field.offset == at);
        CHECK(field.size % 8 == 0);
        at += field.size;
    }
    CHECK(program.kernel_programs[0].record_size == at);
}

TEST_CASE("predicates are evaluated in the kernel as far as it can") {
    const FakeKernel kernel;
    // Does the kernel program compare something with this number?
    const auto compares = [&](const std::string& predicate, int32_t number) {
        const Program program =
            compiled("int flag; @@net:tcp:state_change when (" + predicate + ") { printf(\"x\\n\"); }", kernel);
        REQUIRE(program.kernel_programs.size() == 1);
        const std::vector<bpf_insn>& code = program.kernel_programs[0].code;
        return std::any_of(code.begin(), code.end(), [&](const bpf_insn& insn) {
            return BPF_CLASS(insn.code) == BPF_JMP && BPF_OP(insn.code) != BPF_CALL && BPF_SRC(insn.code) == BPF_K &&
                   insn.imm == number;
        });
    };
    CHECK(!compares("__cur_state == 1077", 1078));
    CHECK(compares("__cur_state == 1077", 1077));
    CHECK(compares("__cur_state == 1077 and __proto_info->remote_port > 1078", 1078));
    CHECK(compares("__pname == \"a\" and __cur_state == 1077", 1077));
    CHECK(compares("__proto_info->remote_port / -3 == 1077", 1077));
    // Variables are the engine's. What is certain before it still rejects, what stands behind it is not reached.
    CHECK(compares("__cur_state == 1077 and flag == 1", 1077));
    CHECK(!compares("flag == 1 and __cur_state == 1077", 1077));
}

TEST_CASE("pairs of programs carry arguments from entry to exit") {
    FakeKernel kernel;
    const Program program =
        compiled("@@net:udp:sock_recv_buf_overflow { printf(\"%d\\n\", __why); }", kernel, Rung::kprobe);
    REQUIRE(program.kernel_programs.size() == 1);
    CHECK(!program.kernel_programs[0].entry_code.empty());
    CHECK(program.kernel_programs[0].hook->rung == Rung::kprobe);
    // Nothing is loaded through pointers that the verifier knows nothing of.
    CHECK(calls(program.kernel_programs[0], BPF_FUNC_probe_read_kernel));
}

namespace {

// Does the program compare something with this number?
bool compares(const KernelProgram& program, int32_t number) {
    return std::any_of(program.code.begin(), program.code.end(), [&](const bpf_insn& insn) {
        return BPF_CLASS(insn.code) == BPF_JMP && BPF_OP(insn.code) != BPF_CALL && BPF_SRC(insn.code) == BPF_K &&
               insn.imm == number;
    });
}

}  // namespace

TEST_CASE("system calls are selected by number and process before anything is read") {
    const FakeKernel kernel;
    const Program program = compiled(
        "@@syscallx:4711:read:entry { printf(\"%s\\n\", get_function()); }\n"
        "@@syscallx:*:write:entry { }\n"
        "@@syscallx:*:*:exit { printf(\"%d\\n\", __errno); }",
        kernel);
    REQUIRE(program.kernel_programs.size() == 2);
    const KernelProgram& entry = program.kernel_programs[0];
    CHECK(entry.target.name == "sys_enter");
    CHECK(entry.target.btf_id == 107);
    CHECK(entry.tuples.size() == 2);
    CHECK(compares(entry, 0));     // read
    CHECK(compares(entry, 1));     // write
    CHECK(compares(entry, 4711));  // the process
    CHECK(compares(entry, 4242));  // our own calls are not shown
    // The name is made of the number by who reads the record.
    CHECK(fields(entry) == std::set<std::string>{"pid", "tid", "call_number"});
    CHECK(entry.looked_up == std::vector<EventField>{EventField::function});
    CHECK(fields(program.kernel_programs[1]) == std::set<std::string>{"pid", "tid", "error"});
}

TEST_CASE("tuples that count the arguments of a system call in different ways share its event") {
    const FakeKernel kernel;
    const std::string prototype =
        "int open(char *path, int flags);\nint openat(int directory, char *path, int flags);\n";
    const Program both = compiled(prototype + "@@syscall:*:open:entry { printf(\"%d\\n\", __arg2); }", kernel);
    REQUIRE(both.kernel_programs.size() == 1);
    const KernelProgram& program = both.kernel_programs[0];
    CHECK(compares(program, 2));    // open
    CHECK(compares(program, 257));  // openat, whose first argument open() does not have
    // Which of them it was tells the reader of the record where the flags are.
    CHECK(program.tuples.size() == 2);
    CHECK(fields(program) == std::set<std::string>{"pid", "tid", "call_number", "arg2", "arg3"});
    const Program mixed = compiled(prototype +
                                       "@@syscallx:*:openat:entry { printf(\"%d\\n\", __arg1); }\n"
                                       "@@syscall:*:open:entry { printf(\"%d\\n\", __arg2); }",
                                   kernel);
    REQUIRE(mixed.kernel_programs.size() == 1);
    REQUIRE(mixed.kernel_programs[0].tuples.size() == 3);
    CHECK(mixed.kernel_programs[0].tuples[0].clause == 0);
    CHECK(mixed.kernel_programs[0].tuples[2].clause == 1);
    const Program one = compiled(prototype + "@@syscallx:*:open:entry { printf(\"%d\\n\", __arg2); }", kernel);
    REQUIRE(one.kernel_programs.size() == 1);
    CHECK(compares(one.kernel_programs[0], 2));
    CHECK(fields(one.kernel_programs[0]) == std::set<std::string>{"pid", "tid", "arg2"});
}

TEST_CASE("more tuples than a record has bits for are told apart by its reader") {
    const FakeKernel kernel;
    std::string text;
    for (int i = 0; i < 100; ++i) text += "@@syscallx:*:" + std::to_string(i) + ":entry { }\n";
    const Program program = compiled(text, kernel);
    REQUIRE(program.kernel_programs.size() == 1);
    CHECK(program.kernel_programs[0].tuples.size() == 100);
    CHECK(fields(program.kernel_programs[0]).contains("call_number"));
}

TEST_CASE("programs stand in text order, in which those at the same place run") {
    const FakeKernel kernel;
    for (const bool thread_first : {true, false}) {
        const std::string thread = "@@sysproc:threadterminate:* { }\n";
        const std::string process = "@@sysproc:exit:* { }\n";
        const Program program = compiled(thread_first ? thread + process : process + thread, kernel);
        REQUIRE(program.kernel_programs.size() == 2);
        CHECK(program.kernel_programs[0].hook->event == (thread_first ? "threadterminate" : "exit"));
        CHECK(program.kernel_programs[0].target.name == program.kernel_programs[1].target.name);
    }
}

TEST_CASE("each event of processes has its hook") {
    const FakeKernel kernel;
    const Program program = compiled(
        "@@sysproc:sendsig:4711 { printf(\"%d %d\\n\", __sigsendinfo->signo, __sigsendinfo->tpid); }\n"
        "@@sysproc:exit:* { printf(\"%d\\n\", __exitinfo->returnval); }\n"
        "@@sysproc:oncpu:* { printf(\"%s\\n\", __pname); }",
        kernel);
    REQUIRE(program.kernel_programs.size() == 3);
    std::set<std::string> targets;
    for (const KernelProgram& made : program.kernel_programs) targets.insert(made.target.name);
    CHECK(targets == std::set<std::string>{"sched_process_exit", "sched_switch", "signal_generate"});
    // A tracepoint that says nothing of the last thread is asked in another way.
    FakeKernel old;
    old.tracepoints_["sched_process_exit"].arguments.pop_back();
    const Program before = compiled("@@sysproc:exit:* { }", old);
    REQUIRE(before.kernel_programs.size() == 1);
    CHECK(before.kernel_programs[0].hook->code == HookCode::last_thread);
}

TEST_CASE("a tracepoint by its name, and its arguments") {
    const FakeKernel kernel;
    const Program program = compiled("@@systrace:*:sched_switch { printf(\"%d\\n\", __arg4); }", kernel);
    REQUIRE(program.kernel_programs.size() == 1);
    CHECK(program.kernel_programs[0].target.name == "sched_switch");
    CHECK(program.kernel_programs[0].target.btf_id == 111);
    const Program beyond = compiled("@@systrace:*:sched_switch { printf(\"%d\\n\", __arg5); }", kernel);
    REQUIRE(beyond.kernel_refusals.size() == 1);
    CHECK(beyond.kernel_refusals[0].tried == "tracepoint sched_switch: the tracepoint `sched_switch` has 4 arguments");
    const Program wrong = compiled("@@systrace:*:sched_swich { }", kernel);
    REQUIRE(wrong.kernel_refusals.size() == 1);
    CHECK(wrong.kernel_refusals[0].hint == "did you mean `sched_switch`?");
}

TEST_CASE("the SYN is looked for where a script reads the local port") {
    const FakeKernel kernel;
    const auto places = [](const Program& program) {
        std::vector<std::string> out;
        for (const KernelProgram& made : program.kernel_programs) out.push_back(made.target.name);
        return out;
    };
    const Program without = compiled("@@net:tcp:state_change { printf(\"%d\\n\", __cur_state); }", kernel);
    CHECK(places(without) == std::vector<std::string>{"inet_sock_set_state"});
    const Program with = compiled("@@net:tcp:state_change { printf(\"%d\\n\", __proto_info->local_port); }", kernel);
    CHECK(places(with) == std::vector<std::string>{"inet_sock_set_state", "inet_sock_set_state", "net_dev_queue"});
    // Programs on one tracepoint run in the order in which they are attached.
    CHECK(with.kernel_programs.front().hook->code == HookCode::syn_not_seen);
}

TEST_CASE("clocks of a process and of processors") {
    const FakeKernel kernel;
    const Program program = compiled(
        "@@interval:4711:clock:5 { printf(\"%d\\n\", __kernelmode); }\n"
        "@@interval:*:clock:100:0|2-3 { }\n"
        "@@interval:*:clock:100:* { }",
        kernel);
    REQUIRE(program.kernel_programs.size() == 3);
    CHECK(program.kernel_programs[0].target.pid == 4711);
    CHECK(program.kernel_programs[0].target.period_ns == 5'000'000);
    std::set<size_t> processors;
    for (const KernelProgram& made : program.kernel_programs) processors.insert(made.target.cpus.size());
    CHECK(processors == std::set<size_t>{0, 3});
}

TEST_CASE("without facts nothing is made for the kernel") {
    CompileInput input;
    input.name = "test.e";
    input.text = "@@net:tcp:state_change { printf(\"%d\\n\", __cur_state); }";
    const Compiled out = compile(std::move(input), {});
    REQUIRE(out.program.has_value());
    CHECK(out.program->kernel_programs.empty());
    CHECK(!out.program->for_kernel);
}

TEST_CASE("every probe of the kernel has hooks, and their rows are sound") {
    constexpr ProbeSet elsewhere = ProbeKind::begin | ProbeKind::end | ProbeKind::interval | ProbeKind::bpf;
    for (const ProbePointRow& point : probe_points()) {
        if (contains(elsewhere, point.kind) || !point.unavailable.empty()) continue;
        CAPTURE(std::string(point.form));
        CHECK(std::any_of(hook_rows().begin(), hook_rows().end(), [&](const HookRow& row) {
            return row.kind == point.kind && (row.event.empty() || row.event == point.fields.front().text);
        }));
    }
    for (const HookRow& row : hook_rows()) {
        CAPTURE(std::string(row.target));
        CHECK(&hook_rows()[row.index] == &row);
        for (const Root& root : row.roots) CHECK(root.argument < row.arguments.least);
        // Of a tracepoint that the tuple names, the program is made only when it has the argument.
        const int arguments = row.target.empty() ? 12 : row.arguments.least;
        for (const HookField& field : hook_fields(row)) CHECK(field.from < arguments);
        for (const HookCause& cause : hook_causes(row)) {
            CHECK(cause.from < row.arguments.least);
            CHECK(cause.enumerated.empty() == cause.name.empty());
        }
    }
}

}  // namespace probevue
