#include "runtime/kernel/owners.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "runtime/kernel/load.h"

namespace probevue {
namespace {

struct FreeTypes {
    void operator()(btf* types) const { btf__free(types); }
};

ProgramKind kind_of(const SocketUse& use, uint32_t btf_id) {
    switch (use.point) {
        case UsePoint::tracepoint:
            return {BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, btf_id};
        case UsePoint::entry:
            return {BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, btf_id};
        case UsePoint::exit:
            return {BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, btf_id};
        case UsePoint::creation:
            return {BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE, 0};
        case UsePoint::bound4:
            return {BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET4_POST_BIND, 0};
        case UsePoint::bound6:
            return {BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET6_POST_BIND, 0};
        case UsePoint::release:
            return {BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE, 0};
        case UsePoint::descriptors:
            return {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, btf_id};
    }
    return {};
}

// Runs the program for each open file of each process.
Status visit_files(int program) {
    const auto refused = [] { return cannot_attach("open files"); };
    const Handle link(bpf_link_create(program, 0, BPF_TRACE_ITER, nullptr));
    if (!link) return refused();
    const Handle files(bpf_iter_create(link.get()));
    if (!files) return refused();
    std::array<char, 64> nothing{};  // the program writes no text
    for (;;) {
        const ssize_t got = read(files.get(), nothing.data(), nothing.size());
        if (got == 0) return {};
        if (got < 0 && errno != EINTR && errno != EAGAIN) return refused();
    }
}

}  // namespace

// The kernel asks for the types of its key and value.
Handle make_owner_map(const KernelMap& map) {
    const std::unique_ptr<btf, FreeTypes> types(btf__new_empty());
    if (types == nullptr) return Handle();
    const int key = btf__add_int(types.get(), "int", sizeof(int), BTF_INT_SIGNED);
    const int word = btf__add_int(types.get(), "word", sizeof(uint64_t), 0);
    const int value = btf__add_array(types.get(), key, word, map.value_size / static_cast<uint32_t>(sizeof(uint64_t)));
    if (key < 0 || word < 0 || value < 0 || btf__load_into_kernel(types.get()) != 0) return Handle();
    LIBBPF_OPTS(bpf_map_create_opts, options);
    options.map_flags = BPF_F_NO_PREALLOC | BPF_F_CLONE;
    options.btf_fd = static_cast<uint32_t>(btf__fd(types.get()));
    options.btf_key_type_id = static_cast<uint32_t>(key);
    options.btf_value_type_id = static_cast<uint32_t>(value);
    return Handle(bpf_map_create(BPF_MAP_TYPE_SK_STORAGE, "probevue", map.key_size, map.value_size, 0, &options));
}

Status SocketOwners::load(const OwnerProgram& program, std::span<const bpf_insn> linked) {
    Result<Handle> loaded = load_noting_program(kind_of(*program.use, program.btf_id), linked, "notes who uses sockets",
                                                describe(*program.use), "__owner");
    if (!loaded) return loaded.error();
    programs_.push_back({program.use, std::move(*loaded)});
    return {};
}

// Files are looked at last: who uses a socket meanwhile has been noted, and stays.
Status SocketOwners::attach() {
    for (const Loaded& loaded : programs_) {
        if (loaded.use->point == UsePoint::descriptors) continue;
        Result<Handle> link = is_of_cgroup(loaded.use->point)
                                  ? attach_to_cgroups(loaded.program.get(), kind_of(*loaded.use, 0).attach_type)
                                  : attach_typed(loaded.program.get(), describe(*loaded.use));
        if (!link) return link.error();
        links_.push_back(std::move(*link));
    }
    for (const Loaded& loaded : programs_) {
        if (loaded.use->point != UsePoint::descriptors) continue;
        if (Status seeded = visit_files(loaded.program.get()); !seeded) return seeded;
    }
    return {};
}

uint64_t SocketOwners::missed() const { return missed_runs(programs_); }

}  // namespace probevue
