// Which programs tell packets from each other, on kernels that have more and fewer ways to it.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/fake_kernel.h"
#include "tests/unit/program_for.h"

namespace probevue {
namespace {

using List = std::vector<std::string>;

constexpr const char* asking = "@@net:netdev:transmit { printf(\"%llu\\n\", __pkt->id); }";

List noting(const Program& program) {
    List out;
    for (const StepProgram& one : program.step_programs) {
        CHECK_FALSE(one.code.empty());
        CHECK(one.btf_id != 0);
        out.push_back(describe(*one.step));
    }
    return out;
}

FakeKernel whole_kernel() {
    FakeKernel kernel;
    kernel.tracepoints_["netif_rx"] = {130, {"sk_buff"}};
    kernel.tracepoints_["netif_receive_skb"] = {131, {"sk_buff"}};
    kernel.tracepoints_["consume_skb"] = {132, {"sk_buff", ""}};
    kernel.functions["__kfree_skb"] = {230, {"sk_buff"}};
    kernel.functions["kfree_skb_partial"] = {231, {"sk_buff", ""}};
    kernel.functions["pskb_expand_head"] = {232, {"sk_buff", "", "", ""}};
    return kernel;
}

const List by_tracepoints = {"tracepoint netif_rx", "tracepoint netif_receive_skb", "tracepoint net_dev_queue",
                             "tracepoint consume_skb", "tracepoint kfree_skb"};

}  // namespace

TEST_CASE("packets are told from each other where a script asks, and nowhere else") {
    const FakeKernel kernel = whole_kernel();
    const Program program = program_for(asking, kernel);
    CHECK(refusal(program) == "");
    List all = by_tracepoints;
    for (const char* further : {"entry of __kfree_skb", "entry of kfree_skb_partial", "entry of pskb_expand_head",
                                "return of pskb_expand_head"})
        all.emplace_back(further);
    CHECK(noting(program) == all);
    const auto is_of_packets = [](const KernelMap& map) { return map.name == "packets on their way"; };
    CHECK(std::count_if(program.kernel_maps.begin(), program.kernel_maps.end(), is_of_packets) == 1);

    const Program without = program_for("@@net:netdev:transmit { printf(\"%u\\n\", __pkt->len); }", kernel);
    CHECK(noting(without).empty());
    CHECK(std::none_of(without.kernel_maps.begin(), without.kernel_maps.end(), is_of_packets));
}

TEST_CASE("tracepoints are enough to tell packets from each other, and each of them is needed") {
    FakeKernel kernel = whole_kernel();
    kernel.refusals[Rung::function] = "trampolines are refused";
    CHECK(noting(program_for(asking, kernel)) == by_tracepoints);
    kernel.tracepoints_.erase("consume_skb");
    CHECK(refusal(program_for(asking, kernel)) ==
          "tracepoint net_dev_queue: nothing tells where packets begin and end: the kernel has no tracepoint "
          "`consume_skb`");
}

TEST_CASE("what a kernel lacks for the number of a packet is named") {
    FakeKernel kernel = whole_kernel();
    kernel.absent.insert("sk_buff.nohdr");
    CHECK(refusal(program_for(asking, kernel)) ==
          "tracepoint net_dev_queue: nothing tells where packets begin and end: the kernel has no `sk_buff.nohdr`");
}

}  // namespace probevue
