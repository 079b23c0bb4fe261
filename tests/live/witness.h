// A second program at a hook of the kernel, of a few instructions written by hand, which shares nothing with the
// programs under test: it counts what a program can see there at all.
//
// Some kernels keep from all programs what happens while the processor serves a process that they protect, such as the
// supervisor of a virtual machine, and count it nowhere: a timer that runs out on top of such a process is invisible.
// What was traced must be what the witness saw, and what the witness saw must be what happened, but for that.
#pragma once

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/live/kernel_load.h"

namespace probevue::live {

// Where members of the running kernel's structures are, in bytes; -1 of those it does not have.
class KernelLayout {
public:
    KernelLayout() : types_(btf__load_vmlinux_btf()) {}

    // `members`: one within the other.
    int offset(const char* structure, std::initializer_list<std::string_view> members) const {
        if (types_ == nullptr) return -1;
        int at = 0;
        auto type = static_cast<uint32_t>(btf__find_by_name_kind(types_.get(), structure, BTF_KIND_STRUCT));
        for (const std::string_view member : members) {
            if (!step(type, member, at)) return -1;
        }
        return at;
    }

private:
    bool step(uint32_t& type, std::string_view name, int& at) const {
        const btf_type* of = btf__type_by_id(types_.get(), type);
        while (of != nullptr && (btf_is_mod(of) || btf_is_typedef(of))) of = btf__type_by_id(types_.get(), of->type);
        if (of == nullptr || !btf_is_composite(of)) return false;
        for (unsigned i = 0; i < btf_vlen(of); ++i) {
            const btf_member& member = btf_members(of)[i];
            const std::string_view own = btf__name_by_offset(types_.get(), member.name_off);
            int within = at + static_cast<int>(btf_member_bit_offset(of, i) / 8);
            uint32_t inner = member.type;
            if (own == name || (own.empty() && step(inner, name, within))) {
                type = inner;
                at = within;
                return true;
            }
        }
        return false;
    }

    struct Free {
        void operator()(btf* types) const { btf__free(types); }
    };
    std::unique_ptr<btf, Free> types_;
};

inline const KernelLayout& kernel_layout() {
    static const KernelLayout layout;
    return layout;
}

class Witness {
public:
    // Calls of a raw tracepoint that has a socket of this network as its argument `socket`, counted by the low four
    // bits of arguments `high` and `low` (by_states); with a local port, of such sockets only.
    static Witness of_sockets(const char* tracepoint, int socket, int high = -1, int low = -1, uint16_t port = 0) {
        const KernelLayout& layout = kernel_layout();
        Witness out;
        out.move(6, 1);
        out.load(BPF_DW, 7, 6, 8 * socket);
        out.read(BPF_DW, 7, layout.offset("sock", {"__sk_common", "skc_net", "net"}), 8);
        out.load(BPF_DW, 8, 10, -16);
        out.read(BPF_W, 8, layout.offset("net", {"ns", "inum"}), 4);
        out.leave_unless(BPF_JEQ, static_cast<uint32_t>(network_number()));
        if (port != 0) {
            out.read(BPF_H, 7, layout.offset("sock", {"__sk_common", "skc_num"}), 2);
            out.leave_unless(BPF_JEQ, port);
        }
        out.set(9, 0);
        for (const int argument : {high, low}) {
            if (argument < 0) continue;
            out.load(BPF_DW, 1, 6, 8 * argument);
            out.calculate(BPF_AND, 1, 15);
            out.calculate(BPF_LSH, 9, 4);
            out.add(insn(BPF_ALU64 | BPF_ADD | BPF_X, 9, 1, 0, 0));
        }
        out.count();
        out.attach_to_tracepoint(tracepoint);
        return out;
    }
    static constexpr uint32_t by_states(uint32_t before, uint32_t after) { return before * 16 + after; }

    // Packets at the root of the cgroups that come to a listener of this network and port which has as many connections
    // waiting as it takes. They have these flags of TCP, and no options of IP.
    static Witness of_full_listener(uint16_t port, bool six, uint8_t flags) {
        const KernelLayout& layout = kernel_layout();
        Witness out;
        out.result_ = 1;  // lets the packet pass
        out.move(6, 1);
        out.load(BPF_DW, 7, 6, offsetof(__sk_buff, sk));
        out.leave_if_null(7);
        for (const auto& [at, wanted] : {std::pair(offsetof(bpf_sock, state), uint32_t{TCP_LISTEN}),
                                         std::pair(offsetof(bpf_sock, src_port), uint32_t{port})}) {
            out.load(BPF_W, 0, 7, static_cast<int>(at));
            out.leave_unless(BPF_JEQ, wanted);
        }
        out.move(1, 7);
        out.add(insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skc_to_tcp_sock));
        out.leave_if_null(0);
        out.move(7, 0);
        out.load(BPF_DW, 8, 7, layout.offset("sock", {"__sk_common", "skc_net", "net"}));
        out.load(BPF_W, 0, 8, layout.offset("net", {"ns", "inum"}));
        out.leave_unless(BPF_JEQ, static_cast<uint32_t>(network_number()));
        out.load(BPF_W, 1, 7, layout.offset("sock", {"sk_max_ack_backlog"}));
        out.load(BPF_W, 0, 7, layout.offset("sock", {"sk_ack_backlog"}));
        out.jumps_.push_back(out.code_.size());
        out.add(insn(BPF_JMP32 | BPF_JLE | BPF_X, 0, 1, 0, 0));
        constexpr int flags_at = 13;
        out.add(insn(BPF_ST | BPF_MEM | BPF_DW, 10, 0, -16, 0));
        out.move(1, 6);
        out.set(2, (six ? 40 : 20) + flags_at);
        out.move(3, 10);
        out.calculate(BPF_ADD, 3, -16);
        out.set(4, 1);
        out.add(insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_load_bytes));
        out.load(BPF_B, 0, 10, -16);
        out.leave_unless(BPF_JEQ, flags);
        out.set(9, 0);
        out.count();
        out.attach_to_cgroups();
        return out;
    }

    // Switches of processors from (0) and to (1) a thread.
    static Witness of_switches(pid_t thread) {
        const KernelLayout& layout = kernel_layout();
        const int pid = layout.offset("task_struct", {"pid"});
        Witness out;
        out.move(6, 1);
        for (const int argument : {1, 2}) {
            out.load(BPF_DW, 7, 6, 8 * argument);
            out.read(BPF_W, 7, pid, 4);
            const size_t other = out.code_.size();
            out.add(insn(BPF_JMP32 | BPF_JNE | BPF_K, 0, 0, 0, thread));
            out.set(9, argument - 1);
            out.count();
            out.code_[other].off = static_cast<int16_t>(out.code_.size() - other - 1);
        }
        out.attach_to_tracepoint("sched_switch");
        return out;
    }

    // Why it could not be attached; empty: it is.
    const std::string& problem() const { return problem_; }

    uint64_t seen(uint32_t key) const {
        uint64_t value = 0;
        bpf_map_lookup_elem(map_.get(), &key, &value);
        return value;
    }
    uint64_t seen() const {
        uint64_t sum = 0;
        for (uint32_t key = 0; key < keys; ++key) sum += seen(key);
        return sum;
    }
    // Calls that came while the same processor was within this program: those it did not count.
    uint64_t missed() const {
        bpf_prog_info info{};
        uint32_t size = sizeof info;
        return bpf_obj_get_info_by_fd(program_.get(), &info, &size) == 0 ? info.recursion_misses : 0;
    }

    static constexpr uint32_t keys = 256;

private:
    Witness() : map_(bpf_map_create(BPF_MAP_TYPE_ARRAY, "witness", 4, 8, keys, nullptr)) {}

    void add(bpf_insn one) { code_.push_back(one); }
    static bpf_insn insn(int code, int to, int from, int offset, int32_t imm) {
        bpf_insn out{};
        out.code = static_cast<uint8_t>(code);
        out.dst_reg = static_cast<uint8_t>(to & 15);
        out.src_reg = static_cast<uint8_t>(from & 15);
        out.off = static_cast<int16_t>(offset);
        out.imm = imm;
        return out;
    }
    void move(int to, int from) { add(insn(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0)); }
    void set(int to, int value) { add(insn(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value)); }
    void calculate(int operation, int to, int value) { add(insn(BPF_ALU64 | operation | BPF_K, to, 0, 0, value)); }
    void load(int size, int to, int from, int at) { add(insn(BPF_LDX | BPF_MEM | size, to, from, at, 0)); }

    // Reads `bytes` of the kernel's memory behind a pointer, onto the stack and from there into register 0.
    void read(int size, int pointer, int at, int bytes) {
        add(insn(BPF_ST | BPF_MEM | BPF_DW, 10, 0, -16, 0));
        move(1, 10);
        calculate(BPF_ADD, 1, -16);
        set(2, bytes);
        move(3, pointer);
        calculate(BPF_ADD, 3, at);  // -1 where there is no such member: nothing can be read there, and nothing is seen
        add(insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_probe_read_kernel));
        load(size, 0, 10, -16);
    }
    void leave_unless(int comparison, uint32_t value) {  // of register 0
        add(insn(BPF_JMP32 | comparison | BPF_K, 0, 0, 1, static_cast<int32_t>(value)));
        jumps_.push_back(code_.size());
        add(insn(BPF_JMP | BPF_JA, 0, 0, 0, 0));
    }
    void leave_if_null(int pointer) {
        jumps_.push_back(code_.size());
        add(insn(BPF_JMP | BPF_JEQ | BPF_K, pointer, 0, 0, 0));
    }
    // Adds one to the element of the map that register 9 names.
    void count() {
        add(insn(BPF_STX | BPF_MEM | BPF_W, 10, 9, -4, 0));
        add(insn(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map_.get()));
        add(insn(0, 0, 0, 0, 0));
        move(2, 10);
        calculate(BPF_ADD, 2, -4);
        add(insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem));
        leave_if_null(0);
        set(1, 1);
        add(insn(BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD));
    }

    bool load_as(bpf_prog_type type) {
        for (const size_t jump : jumps_) code_[jump].off = static_cast<int16_t>(code_.size() - jump - 1);
        set(0, result_);
        add(insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
        std::string log(1 << 16, '\0');
        LIBBPF_OPTS(bpf_prog_load_opts, options);
        options.log_buf = log.data();
        options.log_size = static_cast<uint32_t>(log.size());
        options.log_level = 1;
        program_ = Socket(bpf_prog_load(type, "witness", "GPL", code_.data(), code_.size(), &options));
        if (program_.get() < 0) problem_ = fmt::format("{}: {}", std::strerror(errno), log.c_str());
        return program_.get() >= 0;
    }
    void attach_to_tracepoint(const char* name) {
        if (!load_as(BPF_PROG_TYPE_RAW_TRACEPOINT)) return;
        link_ = Socket(bpf_raw_tracepoint_open(name, program_.get()));
        if (link_.get() < 0) problem_ = fmt::format("{}: {}", name, std::strerror(errno));
    }
    void attach_to_cgroups() {
        if (!load_as(BPF_PROG_TYPE_CGROUP_SKB)) return;
        std::string path;
        std::ifstream mounts("/proc/self/mounts");
        for (std::string device, at, kind, rest; mounts >> device >> at >> kind && std::getline(mounts, rest);) {
            if (path.empty() && kind == "cgroup2") path = at;
        }
        const Socket root(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        link_ = Socket(bpf_link_create(program_.get(), root.get(), BPF_CGROUP_INET_INGRESS, nullptr));
        if (link_.get() < 0) problem_ = fmt::format("the cgroup `{}`: {}", path, std::strerror(errno));
    }

    std::vector<bpf_insn> code_;
    std::vector<size_t> jumps_;  // to its end
    int result_ = 0;
    Socket map_;
    Socket program_{-1};
    Socket link_{-1};
    std::string problem_;
};

// What a load has caused, and what the witness saw of it.
struct Visible {
    uint64_t caused = 0;  // by the load itself, or by a counter of the kernel
    uint64_t seen = 0;    // by the witness, with what it knows that it missed
    std::string problem;  // of the witness
    std::vector<uint64_t> by_key = std::vector<uint64_t>(Witness::keys);

    bool all() const { return problem.empty() && seen == caused; }
    uint64_t of(uint32_t key) const { return by_key[key]; }
};

// Runs the load beside a witness, or several of parts of one event, which `make` attaches.
template <class Make, class Load>
Visible witnessed(Make make, Load load) {
    const auto made = make();
    Visible out;
    out.caused = load();
    const auto ask = [&](const Witness& witness) {
        out.problem += witness.problem();
        out.seen += witness.seen() + witness.missed();
        for (uint32_t key = 0; key < Witness::keys; ++key) out.by_key[key] += witness.seen(key);
    };
    if constexpr (std::is_same_v<std::remove_cv_t<decltype(made)>, Witness>) {
        ask(made);
    } else {
        for (const Witness& witness : made) ask(witness);
    }
    return out;
}

// --- witnesses of the loads of kernel_load.h
// --------------------------------------------------------------------------

// Changes of state of TCP, as many as the load is known to cause.
template <class Load>
Visible witness_states(Load load, uint64_t caused, uint16_t port = 0) {
    return witnessed([&] { return Witness::of_sockets("inet_sock_set_state", 0, 1, 2, port); },
                     [&] {
                         load();
                         return caused;
                     });
}

inline std::vector<Witness> witness_of_retransmissions() {
    std::vector<Witness> out;
    out.push_back(Witness::of_sockets("tcp_retransmit_skb", 0));
    out.push_back(Witness::of_sockets("tcp_retransmit_synack", 0));
    return out;
}

inline Witness witness_of_lost_datagrams() { return Witness::of_sockets("udp_fail_queue_rcv_skb", 1); }

// Connections that are refused by full_listener: their requests.
inline Witness witness_of_requests(uint16_t port, bool six) { return Witness::of_full_listener(port, six, TH_SYN); }

// By full_at_the_last_step: the first data. A bare acknowledgement waits for that, whatever the queue.
inline Witness witness_of_last_steps(uint16_t port, bool six) {
    return Witness::of_full_listener(port, six, TH_PUSH | TH_ACK);
}

// By how much a counter of the kernel went up through the load.
template <class Count, class Load>
uint64_t counted(Count count, Load load) {
    const uint64_t before = count();
    load();
    return count() - before;
}

// Nothing is protected on this machine: programs see all.
inline bool sees_all() { return std::getenv("PROBEVUE_TEST_EXACT") != nullptr; }

// `traced`: what came out, and what was counted as lost or passed over. It must be all that was caused; where it falls
// short, all that the witness saw, which is said.
inline void check_traced(uint64_t traced, const Visible& visible) {
    if (traced == visible.caused && visible.all()) {
        CHECK(traced == visible.caused);
        return;
    }
    CAPTURE(visible.caused);
    CAPTURE(visible.problem);
    if (sees_all()) {
        CHECK(traced == visible.caused);
        return;
    }
    REQUIRE(visible.problem.empty());
    CHECK(traced == visible.seen);
    CHECK(visible.seen <= visible.caused);
    CHECK(2 * visible.seen > visible.caused);
    fmt::print("this kernel kept {} of {} events from all programs: the witness saw {}, traced were {}\n",
               visible.caused - visible.seen, visible.caused, visible.seen, traced);
}

}  // namespace probevue::live
