#include "runtime/kernel/kprobes.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/kernel/load.h"
#include "runtime/kernel/many_places.h"

namespace probevue {
namespace {

// By attaching a program that only returns: kernels without CONFIG_FPROBE load it all the same.
bool ask_for_kprobe_multi() {
    const std::array<bpf_insn, 2> nothing = {bpf_insn{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0},
                                             bpf_insn{BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    const LoadResult loaded = load_program({BPF_PROG_TYPE_KPROBE, kprobe_multi_attach_type, 0}, nothing);
    if (!loaded.program) return false;
    const char* const known = "vfs_read";  // every kernel has it, and calls it by its address
    LIBBPF_OPTS(bpf_link_create_opts, options);
    options.kprobe_multi.cnt = 1;
    options.kprobe_multi.syms = const_cast<const char**>(&known);
    const Handle link(
        bpf_link_create(loaded.program.get(), 0, static_cast<bpf_attach_type>(kprobe_multi_attach_type), &options));
    return static_cast<bool>(link);
}

Handle link_many(const std::vector<uint64_t>& addresses, const std::vector<uint64_t>& cookies, size_t first,
                 size_t count, bool at_exit, int program) {
    LIBBPF_OPTS(bpf_link_create_opts, options);
    options.kprobe_multi.cnt = static_cast<uint32_t>(count);
    options.kprobe_multi.addrs = reinterpret_cast<const unsigned long*>(addresses.data() + first);
    options.kprobe_multi.cookies = reinterpret_cast<const __u64*>(cookies.data() + first);
    options.kprobe_multi.flags = at_exit ? BPF_F_KPROBE_MULTI_RETURN : 0;
    return Handle(bpf_link_create(program, 0, static_cast<bpf_attach_type>(kprobe_multi_attach_type), &options));
}

// The link keeps the event open.
Handle link_one(uint64_t address, uint64_t cookie, bool at_exit, int program) {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = event_source_type("kprobe");
    attributes.config = at_exit ? 1 : 0;
    attributes.config2 = address;
    const long fd = syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
    const Handle event(static_cast<int>(fd));
    if (!event) return {};
    LIBBPF_OPTS(bpf_link_create_opts, options);
    options.perf_event.bpf_cookie = cookie;
    return Handle(bpf_link_create(program, event.get(), BPF_PERF_EVENT, &options));
}

}  // namespace

bool has_kprobe_multi() {
    static const bool has = ask_for_kprobe_multi();
    return has;
}

Status attach_kprobes(const FunctionTarget& target, bool at_exit, bool many, int program, std::vector<Handle>& links) {
    std::vector<uint64_t> addresses;
    std::vector<uint64_t> cookies;
    for (size_t i = 0; i < target.places.size(); ++i) {
        addresses.push_back(target.places[i].offset);
        cookies.push_back(i);
    }
    const auto refused = [&](size_t place) {
        return cannot_attach(fmt::format("`{}` of the kernel", target.places[place].function));
    };
    ManyPlaces attacher(target.all_needed, links);
    if (many) {
        const auto link = [&](size_t first, size_t count) {
            return link_many(addresses, cookies, first, count, at_exit, program);
        };
        attacher.attach(0, addresses.size(), link, refused);
        return attacher.status();
    }
    const auto link = [&](size_t first, size_t) {
        return link_one(addresses[first], cookies[first], at_exit, program);
    };
    for (size_t i = 0; i < addresses.size(); ++i) attacher.attach(i, 1, link, refused);
    return attacher.status();
}

}  // namespace probevue
