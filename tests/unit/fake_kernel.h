// A kernel of our own invention, to compile for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/program/kernel_facts.h"

namespace probevue {

// Has what its maps say; every path is at an offset made from its text.
class FakeKernel : public KernelFacts {
public:
    std::map<std::string, Prototype, std::less<>> tracepoints_;
    std::map<std::string, Prototype, std::less<>> functions;
    std::map<Rung, std::string> refusals;
    std::set<std::string, std::less<>> absent;  // paths

    FakeKernel() {
        tracepoints_["inet_sock_set_state"] = {101, {"sock", "", ""}};
        tracepoints_["tcp_retransmit_skb"] = {102, {"sock", "sk_buff", ""}};
        tracepoints_["tcp_retransmit_synack"] = {103, {"sock", "request_sock"}};
        tracepoints_["udp_fail_queue_rcv_skb"] = {104, {"", "sock", "sk_buff"}};
        tracepoints_["net_dev_queue"] = {105, {"sk_buff"}};
        tracepoints_["kfree_skb"] = {106, {"sk_buff", "", "", "sock"}};
        tracepoints_["sys_enter"] = {107, {"pt_regs", ""}};
        tracepoints_["sys_exit"] = {108, {"pt_regs", ""}};
        tracepoints_["signal_generate"] = {109, {"", "kernel_siginfo", "task_struct", "", ""}};
        tracepoints_["sched_process_exit"] = {110, {"task_struct", ""}};
        tracepoints_["sched_switch"] = {111, {"", "task_struct", "task_struct", ""}, {{1, false}, {}, {}, {4, true}}};
        functions["__udp_enqueue_schedule_skb"] = {201, {"sock", "sk_buff"}};
        functions["sk_stream_wait_memory"] = {202, {"sock", ""}};
        functions["tcp_try_rmem_schedule"] = {203, {"sock", "sk_buff", ""}};
    }

    std::optional<Prototype> tracepoint(std::string_view name) const override { return find(tracepoints_, name); }
    std::optional<Prototype> function(std::string_view name) const override { return find(functions, name); }
    std::optional<ResolvedPath> resolve(std::string_view path) const override {
        if (absent.contains(path)) return std::nullopt;
        ResolvedPath out;
        const uint32_t size = path.ends_with("_port") || path.ends_with("skc_num") || path.ends_with("skc_dport") ||
                                      path.ends_with("_header")
                                  ? 2
                                  : 4;
        if (path.find("->") != std::string_view::npos) out.steps.push_back({16, true, 256});
        const bool pointer = path == "sk_buff.sk" || path == "sk_buff.head";
        out.steps.push_back({static_cast<uint32_t>(path.size() * 8), false, path == "sk_buff.sk" ? 800u : 0u});
        out.size = pointer ? 8 : size;
        return out;
    }
    std::optional<uint32_t> struct_size(std::string_view name) const override {
        return name == "sock" || name == "sk_buff" ? std::optional(800u) : std::nullopt;
    }
    std::optional<int64_t> enumerator(std::string_view, std::string_view name) const override {
        return name == "SKB_DROP_REASON_PROTO_MEM" ? std::optional<int64_t>(19) : std::nullopt;
    }
    std::optional<uint64_t> symbol(std::string_view name) const override {
        return name == "jiffies" ? std::optional<uint64_t>(0xffffffff82000000) : std::nullopt;
    }
    std::string refusal(Rung rung) const override {
        const auto at = refusals.find(rung);
        return at == refusals.end() ? "" : at->second;
    }
    int64_t own_process() const override { return 4242; }
    uint64_t boot_time_ns() const override { return 1'000'000'000; }
    std::vector<std::string> tracepoints() const override {
        std::vector<std::string> names;
        for (const auto& [name, prototype] : tracepoints_) names.push_back(name);
        return names;
    }
    const Processor& processor() const override { return x86_64_processor; }

private:
    static std::optional<Prototype> find(const std::map<std::string, Prototype, std::less<>>& from,
                                         std::string_view name) {
        const auto at = from.find(name);
        return at == from.end() ? std::nullopt : std::optional(at->second);
    }
};

}  // namespace probevue
