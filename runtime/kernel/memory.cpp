#include "runtime/kernel/memory.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "runtime/kernel/load.h"
#include "runtime/sources/handle.h"

namespace probevue {
namespace {

constexpr uint32_t most_bytes = 4096;  // at a time

bpf_insn insn(int code, uint8_t dst, uint8_t src, int16_t off, int32_t imm) {
    bpf_insn out{};
    out.code = static_cast<uint8_t>(code);
    out.dst_reg = dst & 0xf;
    out.src_reg = src & 0xf;
    out.off = off;
    out.imm = imm;
    return out;
}

// A program that is never attached, only run: its arguments are an address and a size, the bytes go to a map.
class Reader final : public KernelReader {
public:
    bool read(uint64_t address, std::byte* to, size_t size) override {
        for (size_t done = 0; done < size;) {
            const size_t piece = std::min<size_t>(size - done, most_bytes);
            const uint32_t key = 0;
            if (!run(address + done, piece) || bpf_map_lookup_elem(map_.get(), &key, bytes_.data()) != 0) return false;
            std::memcpy(to + done, bytes_.data(), piece);
            done += piece;
        }
        return true;
    }

    // In pieces that end where something aligned begins: memory behind the NUL need not be readable.
    size_t read_text(uint64_t address, std::span<char> to) override {
        constexpr size_t step = 64;
        for (size_t have = 0; have < to.size();) {
            const size_t piece = std::min(step - (address + have) % step, to.size() - have);
            if (!read(address + have, reinterpret_cast<std::byte*>(to.data() + have), piece)) return 0;
            const void* nul = std::memchr(to.data() + have, 0, piece);
            if (nul != nullptr) return static_cast<size_t>(static_cast<const char*>(nul) - to.data());
            have += piece;
        }
        return to.size();
    }

    void prepare() {
        prepared_ = true;
        map_ = Handle(bpf_map_create(BPF_MAP_TYPE_ARRAY, "probevue", 4, most_bytes, 1, nullptr));
        if (!map_) return;
        const std::array code = {
            insn(BPF_LDX | BPF_DW | BPF_MEM, 6, 1, 0, 0),  // address
            insn(BPF_LDX | BPF_DW | BPF_MEM, 7, 1, 8, 0),  // size
            insn(BPF_ST | BPF_W | BPF_MEM, 10, 0, -4, 0),
            insn(BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map_.get()),
            insn(0, 0, 0, 0, 0),
            insn(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
            insn(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
            insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
            insn(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 6, 0),
            insn(BPF_JMP | BPF_JGT | BPF_K, 7, 0, 5, static_cast<int32_t>(most_bytes)),
            insn(BPF_ALU64 | BPF_MOV | BPF_X, 1, 0, 0, 0),
            insn(BPF_ALU64 | BPF_MOV | BPF_X, 2, 7, 0, 0),
            insn(BPF_ALU64 | BPF_MOV | BPF_X, 3, 6, 0, 0),
            insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_probe_read_kernel),
            insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
            insn(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, -1),
            insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
        };
        LoadResult loaded = load_program({BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0}, code);
        program_ = std::move(loaded.program);
    }

private:
    bool run(uint64_t address, size_t size) {
        if (!prepared_) prepare();
        if (!program_) return false;
        const std::array<uint64_t, 2> arguments = {address, size};
        LIBBPF_OPTS(bpf_test_run_opts, options);
        options.ctx_in = arguments.data();
        options.ctx_size_in = sizeof arguments;
        return bpf_prog_test_run_opts(program_.get(), &options) == 0 && options.retval == 0;
    }

    bool prepared_ = false;
    Handle map_;
    Handle program_;
    std::array<std::byte, most_bytes> bytes_{};
};

}  // namespace

std::shared_ptr<KernelReader> running_kernel_reader(bool now) {
    auto out = std::make_shared<Reader>();
    if (now) out->prepare();
    return out;
}

}  // namespace probevue
