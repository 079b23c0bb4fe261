// Which programs note who uses sockets, on kernels that have more and fewer ways to it.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/fake_kernel.h"
#include "tests/unit/program_for.h"

namespace probevue {
namespace {

using List = std::vector<std::string>;

constexpr const char* asking = "@@net:tcp:state_change { printf(\"%lld\\n\", __owner->pid); }";

List noting(const Program& program) {
    List out;
    for (const OwnerProgram& one : program.owner_programs) {
        CHECK_FALSE(one.code.empty());
        out.push_back(describe(*one.use));
    }
    return out;
}

// Of sockets' own tracepoints those of Linux 6.16, and functions as there are.
FakeKernel new_kernel() {
    FakeKernel kernel;
    kernel.tracepoints_["sock_send_length"] = {120, {"sock", "", ""}};
    kernel.tracepoints_["sock_recv_length"] = {121, {"sock", "", ""}};
    kernel.tracepoints_["tcp_sendmsg_locked"] = {122, {"sock", "msghdr", "sk_buff", ""}};
    for (const char* name : {"inet_sendmsg", "inet6_sendmsg", "inet_recvmsg", "inet6_recvmsg"})
        kernel.functions[name] = {220, {"socket", "msghdr", "", ""}};
    kernel.functions["inet_accept"] = {224, {"socket", "socket", "proto_accept_arg"}};
    kernel.functions["bpf_iter_task_file"] = {225, {"bpf_iter_meta", "task_struct", "", "file"}};
    return kernel;
}

}  // namespace

TEST_CASE("users of sockets are noted where a script asks, and nowhere else") {
    const FakeKernel kernel = new_kernel();
    const Program program = program_for(asking, kernel);
    CHECK(refusal(program) == "");
    CHECK(noting(program) == List{"open files at the start", "creation of a socket", "tracepoint inet_sock_set_state",
                                  "tracepoint sock_send_length", "tracepoint sock_recv_length", "entry of inet_sendmsg",
                                  "entry of inet6_sendmsg", "entry of inet_recvmsg", "entry of inet6_recvmsg",
                                  "return of inet_accept"});
    const auto is_of_owners = [](const KernelMap& map) { return map.use == KernelMap::Use::owners; };
    CHECK(std::count_if(program.kernel_maps.begin(), program.kernel_maps.end(), is_of_owners) == 1);

    const Program without = program_for("@@net:tcp:state_change { printf(\"%lld\\n\", __pid); }", kernel);
    CHECK(noting(without).empty());
    CHECK(std::none_of(without.kernel_maps.begin(), without.kernel_maps.end(), is_of_owners));
}

TEST_CASE("what notes users of sockets depends on what the kernel has") {
    FakeKernel kernel = new_kernel();
    kernel.refusals[Rung::function] = "trampolines are refused";
    CHECK(noting(program_for(asking, kernel)) == List{"open files at the start", "creation of a socket",
                                                      "tracepoint inet_sock_set_state", "tracepoint sock_send_length",
                                                      "tracepoint sock_recv_length", "tracepoint tcp_sendmsg_locked"});
    kernel.tracepoints_.erase("sock_send_length");
    const std::string none =
        "nothing tells who uses sockets: the kernel has no tracepoint `sock_send_length`, and trampolines are refused";
    CHECK(refusal(program_for(asking, kernel)) == "tracepoint inet_sock_set_state: " + none);

    FakeKernel old = new_kernel();
    for (const char* name : {"sock_send_length", "sock_recv_length", "tcp_sendmsg_locked"})
        old.tracepoints_.erase(name);
    CHECK(noting(program_for(asking, old)) ==
          List{"open files at the start", "creation of a socket", "tracepoint inet_sock_set_state",
               "entry of inet_sendmsg", "entry of inet6_sendmsg", "entry of inet_recvmsg", "entry of inet6_recvmsg",
               "return of inet_recvmsg", "return of inet6_recvmsg", "return of inet_accept"});
    old.refusals[Rung::cgroup] = "missing CAP_NET_ADMIN";
    old.absent.insert("socket.sk");
    CHECK(refusal(program_for(asking, old)) ==
          "tracepoint inet_sock_set_state: nothing tells who uses sockets: the kernel has no `socket.sk`");
}

TEST_CASE("what ends sockets have is noted where a script asks whose packets are that arrive, and nowhere else") {
    FakeKernel kernel = new_kernel();
    kernel.tracepoints_["netif_receive_skb"] = {123, {"sk_buff"}};
    kernel.refusals[Rung::function] = "trampolines are refused";
    const std::string leaving = "@@net:netdev:transmit { printf(\"%lld\\n\", __owner->pid); }";
    const std::string arriving = "@@net:netdev:receive { printf(\"%lld\\n\", __owner->pid); }";
    const List users = {"open files at the start",     "creation of a socket",        "tracepoint inet_sock_set_state",
                        "tracepoint sock_send_length", "tracepoint sock_recv_length", "tracepoint tcp_sendmsg_locked"};
    List all = users;
    for (const char* const one : {"tracepoint inet_sock_set_state", "tracepoint net_dev_queue",
                                  "binding of an IPv4 socket", "binding of an IPv6 socket", "release of a socket"})
        all.emplace_back(one);
    const auto lies_with_sockets = [](const Program& program) {
        for (const KernelMap& map : program.kernel_maps) {
            if (map.use == KernelMap::Use::owners) return map.value_size;
        }
        return 0u;
    };
    CHECK(noting(program_for(leaving, kernel)) == users);
    CHECK(lies_with_sockets(program_for(leaving, kernel)) == sizeof(KernelOwner));
    // In whichever order the script asks.
    for (const std::string& text : {arriving, leaving + arriving, arriving + leaving}) {
        CAPTURE(text);
        const Program program = program_for(text, kernel);
        CHECK(refusal(program) == "");
        CHECK(noting(program) == all);
        CHECK(lies_with_sockets(program) == sizeof(KernelSocket));
    }
    const Program without = program_for("@@net:netdev:receive { printf(\"%lld\\n\", __netdev->length); }", kernel);
    CHECK(noting(without).empty());

    // Packets that a socket shows are looked up by who reads them: there is no program for them.
    const std::string packets = "@@net:bpf:lo:tcp:\"\" { printf(\"%lld\\n\", __owner->pid); }";
    const Program shown = program_for(packets, kernel);
    CHECK(shown.packet_owners);
    CHECK(shown.kernel_programs.empty());
    CHECK(noting(shown) == all);
    CHECK(lies_with_sockets(shown) == sizeof(KernelSocket));
    CHECK(noting(program_for(leaving + packets, kernel)) == all);
    CHECK(program_for("@@net:bpf:lo:tcp:\"\" { n++; }", kernel).kernel_maps.empty());

    kernel.refusals[Rung::cgroup] = "missing CAP_NET_ADMIN";
    CHECK(refusal(program_for(arriving, kernel)) ==
          "tracepoint netif_receive_skb: nothing tells which sockets are closed: missing CAP_NET_ADMIN");
    CHECK(refusal(program_for(leaving, kernel)) == "");
    CHECK(refusal(program_for(packets, kernel)) == "nothing tells which sockets are closed: missing CAP_NET_ADMIN");
    const Program refused = program_for(packets, kernel);
    CHECK(!refused.packet_owners);
    REQUIRE(!refused.kernel_refusals.empty());
    CHECK(refused.kernel_refusals.front().hint == "scripts that do not read `__owner` go without");
}

TEST_CASE("where the kernel takes our word for the type of an address, headers are read in their place") {
    class Casting : public FakeKernel {
    public:
        std::optional<int32_t> function;
        std::optional<int32_t> cast_function() const override { return function; }
        std::optional<KernelTypeId> structure(std::string_view, bool) const override { return 77; }
        std::optional<uint32_t> struct_size(std::string_view name) const override {
            return name.ends_with("hdr") ? std::optional(60u) : FakeKernel::struct_size(name);
        }
    } kernel;
    static_cast<FakeKernel&>(kernel) = new_kernel();
    kernel.tracepoints_["netif_receive_skb"] = {123, {"sk_buff"}};
    const auto number_of = [&](uint8_t kind, int32_t function) {
        const Program program = program_for("@@net:netdev:receive { printf(\"%lld\\n\", __owner->pid); }", kernel);
        CHECK(refusal(program) == "");
        REQUIRE(program.kernel_programs.size() == 1);
        const std::vector<bpf_insn>& code = program.kernel_programs.front().code;
        return std::count_if(code.begin(), code.end(), [&](const bpf_insn& one) {
            return one.code == (BPF_JMP | BPF_CALL) && one.src_reg == kind && one.imm == function;
        });
    };
    const auto copies = number_of(0, BPF_FUNC_probe_read_kernel);
    CHECK(number_of(BPF_PSEUDO_KFUNC_CALL, 4711) == 0);
    kernel.function = 4711;
    // Each of the headers of IP, and what stands behind it in either case.
    CHECK(number_of(BPF_PSEUDO_KFUNC_CALL, 4711) >= 4);
    CHECK(number_of(0, BPF_FUNC_probe_read_kernel) == copies - 3);
}

TEST_CASE("an event whose hooks do not tell whose the socket is goes to a rung that does, or is refused") {
    FakeKernel kernel = new_kernel();
    kernel.functions["tcp_conn_request"] = {230, {"", "", "sock", "sk_buff"}};
    kernel.functions["tcp_v4_syn_recv_sock"] = {231, {"sock", "sk_buff", "request_sock"}};
    kernel.functions["tcp_v6_syn_recv_sock"] = {232, {"sock", "sk_buff", "request_sock"}};
    kernel.functions["tcp_peer_is_proven"] = {233, {"request_sock", "dst_entry"}};
    const auto first_rung = [](const Program& program) {
        REQUIRE_FALSE(program.kernel_programs.empty());
        return program.kernel_programs.front().hook->rung;
    };
    CHECK(first_rung(program_for("@@net:tcp:listen_q_full { printf(\"%d\\n\", __why); }", kernel)) == Rung::function);
    const std::string text = "@@net:tcp:listen_q_full { printf(\"%d %s\\n\", __why, __owner->name); }";
    CHECK(first_rung(program_for(text, kernel)) == Rung::cgroup);
    CHECK(refusal(program_for(text, kernel, Rung::function)) ==
          "fentry: the function `tcp_peer_is_proven` does not tell whose the socket is");
    CHECK(refusal(program_for("@@net:udp:sock_recv_buf_overflow { trace(__owner->uid); }", kernel, Rung::kprobe)) ==
          "kprobe: the function `__udp_enqueue_schedule_skb` does not tell whose the socket is");
}

}  // namespace probevue
