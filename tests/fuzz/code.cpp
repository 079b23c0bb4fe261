// Instructions of eBPF: the just-in-time compiler against the interpreter. Eight bytes are an instruction, as the
// kernel has them; what would leave the frame is led back into it, so that all that is left of an input is either
// refused by the linker or runs.
#include "runtime/engine/code.h"

#include <fmt/format.h>
#include <linux/bpf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "runtime/engine/load.h"
#include "runtime/jit/jit.h"
#include "tests/fuzz/fuzz.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

constexpr size_t frame_size = 512;
constexpr size_t most_instructions = 256;
constexpr uint8_t frame_register = 10;
using Frame = std::array<std::byte, frame_size>;

bpf_insn make(unsigned code, unsigned dst, unsigned src, int off, int32_t imm) {
    bpf_insn insn{};
    insn.code = static_cast<uint8_t>(code);
    insn.dst_reg = static_cast<uint8_t>(dst & 15);
    insn.src_reg = static_cast<uint8_t>(src & 15);
    insn.off = static_cast<int16_t>(off);
    insn.imm = imm;
    return insn;
}

// Memory is that of the frame, jumps lead on, and nothing is called.
bpf_insn tamed(bpf_insn insn, size_t left) {
    const unsigned kind = BPF_CLASS(insn.code);
    const auto in_frame = static_cast<int16_t>(-8 - (static_cast<uint16_t>(insn.off) % (frame_size - 8)));
    if (kind == BPF_LDX) {
        insn.src_reg = frame_register;
        insn.off = in_frame;
    } else if (kind == BPF_ST || kind == BPF_STX) {
        insn.dst_reg = frame_register;
        insn.off = in_frame;
        // What is atomic lies at a multiple of its size.
        if (BPF_MODE(insn.code) == BPF_ATOMIC) insn.off = static_cast<int16_t>(insn.off & ~7);
    } else if (kind == BPF_JMP || kind == BPF_JMP32) {
        insn.off = static_cast<int16_t>(static_cast<uint16_t>(insn.off) % (left + 1));
        if (insn.code == (BPF_JMP32 | BPF_JA)) insn.imm = insn.off;
    }
    return insn;
}

std::vector<bpf_insn> program_of(Input& input) {
    std::vector<bpf_insn> code;
    // Each register holds something, of both halves.
    for (unsigned i = 0; i < frame_register; ++i) {
        const uint64_t value = input.number(1 + input.byte() % 8);
        code.push_back(make(BPF_LD | BPF_IMM | BPF_DW, i, 0, 0, static_cast<int32_t>(value)));
        code.push_back(make(0, 0, 0, 0, static_cast<int32_t>(value >> 32)));
    }
    const size_t count = std::min(input.rest().size() / sizeof(bpf_insn), most_instructions);
    for (size_t i = 0; i < count; ++i) {
        const auto bytes = input.bytes(sizeof(bpf_insn));
        bpf_insn insn;
        std::memcpy(&insn, bytes.data(), sizeof insn);
        code.push_back(tamed(insn, count - i - 1));
    }
    // What registers hold at the end is in the frame: all of it can be compared.
    for (unsigned i = 0; i < frame_register; ++i)
        code.push_back(make(BPF_STX | BPF_MEM | BPF_DW, frame_register, i, -8 * static_cast<int>(i + 1), 0));
    code.push_back(make(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
    return code;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    alignas(16) static Frame frame;
    static uint64_t context[4];
    Input input(data, size);
    const std::vector<bpf_insn> code = program_of(input);
    std::vector<std::pair<uint64_t, Frame>> results;
    for (const EngineKind kind : {EngineKind::interpreter, EngineKind::jit}) {
        if (kind == EngineKind::jit && !jit_available()) continue;
        EngineKind got = kind;
        const auto executable = load_code(code, CodeScope{nullptr, frame_size}, got);
        if (!executable) {
            if (!results.empty()) found("one engine refuses what the other takes", executable.error().message);
            return 0;
        }
        if (got != kind) found("the just-in-time compiler gives up");
        frame.fill(std::byte{0});
        const uint64_t result = (*executable)->run(context, frame.data() + frame.size(), nullptr);
        results.emplace_back(result, frame);
    }
    if (results.size() == 2 && results[0] != results[1])
        found("the engines differ", fmt::format("r0 is {:#x} and {:#x}", results[0].first, results[1].first));
    return 0;
}
