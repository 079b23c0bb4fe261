#include "runtime/engine/code.h"

#include <fmt/format.h>

#include <optional>

#include "runtime/engine/machine.h"

namespace probevue {

namespace {

constexpr uint8_t frame_register = 10;

// Bytes of a memory access.
unsigned access_size(uint8_t code) {
    switch (BPF_SIZE(code)) {
        case BPF_B:
            return 1;
        case BPF_H:
            return 2;
        case BPF_W:
            return 4;
        default:
            return 8;
    }
}

// Goes over the code once, from its beginning to its end.
class Linker {
public:
    Linker(std::span<const bpf_insn> code, const CodeScope& scope) : code_(code), scope_(scope), out_(code.size()) {}

    Result<std::vector<LinkedInsn>> run() {
        if (code_.empty()) return fail("code without instructions", hint);
        if (scope_.frame_size > max_frame_size) {
            return fail(fmt::format("frame of {} bytes, at most {} are possible", scope_.frame_size, max_frame_size),
                        hint);
        }
        for (at_ = 0; at_ < code_.size(); at_ += is_wide() ? 2 : 1) {
            if (const char* what = check()) return fail(fmt::format("instruction {}: {}", at_, what), hint);
        }
        for (size_t i = 0; i < code_.size(); ++i) {
            // Known only now: a jump may come before or behind what it leads to. The second half of a wide immediate
            // has the code 0 (RFC 9669), and no instruction has.
            if (out_[i].is_target && out_[i].code == 0) {
                return fail(fmt::format("instruction {}: a jump leads into a 64-bit immediate", i), hint);
            }
        }
        // All else goes on to the next instruction: without this one, beyond the code.
        const uint8_t last = out_.back().code;
        if (last != (BPF_JMP | BPF_EXIT)) return fail("code does not end with an exit", hint);
        return std::move(out_);
    }

private:
    static constexpr const char* hint = "the program was not made by this version's compiler, or the compiler is wrong";

    bool is_wide() const { return code_[at_].code == (BPF_LD | BPF_IMM | BPF_DW); }

    // Null when the instruction is sound.
    const char* check() {
        const bpf_insn& insn = code_[at_];
        LinkedInsn& out = out_[at_];
        out.code = insn.code;
        out.dst = insn.dst_reg;
        out.src = insn.src_reg;
        out.off = insn.off;
        out.value = static_cast<uint64_t>(int64_t{insn.imm});
        switch (BPF_CLASS(insn.code)) {
            case BPF_ALU:
            case BPF_ALU64:
                return check_alu(insn);
            case BPF_JMP:
            case BPF_JMP32:
                return check_jump(insn, out);
            case BPF_LDX:
                return check_load(insn);
            case BPF_ST:
            case BPF_STX:
                return check_store(insn);
            default:
                return is_wide() ? check_wide(insn, out) : "unknown opcode";
        }
    }

    const char* check_registers(const bpf_insn& insn, bool writes) const {
        if (insn.dst_reg > frame_register || insn.src_reg > frame_register) return "unknown register";
        if (writes && insn.dst_reg == frame_register) return "writes the frame pointer";
        return nullptr;
    }

    const char* check_alu(const bpf_insn& insn) const {
        if (const char* what = check_registers(insn, true)) return what;
        const bool wide = BPF_CLASS(insn.code) == BPF_ALU64;
        const bool from_register = BPF_SRC(insn.code) == BPF_X;
        switch (BPF_OP(insn.code)) {
            case BPF_END:
                if (insn.imm != 16 && insn.imm != 32 && insn.imm != 64) return "swaps an odd number of bits";
                // The wide form swaps whatever the machine's byte order is, and has no variant.
                return insn.off != 0 || (wide && from_register) ? "unknown opcode" : nullptr;
            case BPF_NEG:
                return insn.off != 0 || from_register ? "unknown opcode" : nullptr;
            case BPF_DIV:
            case BPF_MOD:
                // 1: signed.
                return insn.off != 0 && insn.off != 1 ? "unknown kind of division" : nullptr;
            case BPF_MOV: {
                // The offset is the number of bits that are kept, and whose sign is extended.
                const bool extends = from_register && (insn.off == 8 || insn.off == 16 || (wide && insn.off == 32));
                return insn.off != 0 && !extends ? "unknown kind of move" : nullptr;
            }
            case BPF_ADD:
            case BPF_SUB:
            case BPF_MUL:
            case BPF_OR:
            case BPF_AND:
            case BPF_LSH:
            case BPF_RSH:
            case BPF_XOR:
            case BPF_ARSH:
                return insn.off != 0 ? "unknown opcode" : nullptr;
            default:
                return "unknown opcode";
        }
    }

    const char* check_jump(const bpf_insn& insn, LinkedInsn& out) {
        const bool narrow = BPF_CLASS(insn.code) == BPF_JMP32;
        switch (BPF_OP(insn.code)) {
            case BPF_EXIT:
                return narrow || BPF_SRC(insn.code) != 0 ? "unknown opcode" : nullptr;
            case BPF_CALL:
                return narrow || BPF_SRC(insn.code) != 0 ? "unknown opcode" : check_call(insn, out);
            case BPF_JA:
                // The narrow form is the long jump, whose distance is in the immediate.
                return BPF_SRC(insn.code) != 0 ? "unknown opcode" : jump_to(narrow ? insn.imm : insn.off, out);
            case BPF_JEQ:
            case BPF_JGT:
            case BPF_JGE:
            case BPF_JSET:
            case BPF_JNE:
            case BPF_JSGT:
            case BPF_JSGE:
            case BPF_JLT:
            case BPF_JLE:
            case BPF_JSLT:
            case BPF_JSLE:
                break;
            default:
                return "unknown opcode";
        }
        if (const char* what = check_registers(insn, false)) return what;
        return jump_to(insn.off, out);
    }

    const char* jump_to(int64_t distance, LinkedInsn& out) {
        // Without loops every run ends, after as many instructions as there are at the most.
        if (distance < 0 && !scope_.may_loop) return "jumps backwards";
        const int64_t target = static_cast<int64_t>(at_) + 1 + distance;
        if (target < 0 || target >= static_cast<int64_t>(code_.size())) return "jumps out of the code";
        out.target = static_cast<uint32_t>(target);
        out_[static_cast<size_t>(target)].is_target = true;
        return nullptr;
    }

    const char* check_call(const bpf_insn& insn, LinkedInsn& out) const {
        const HelperFunction helper = insn.src_reg == 0 && scope_.machine != nullptr ? find_helper(insn.imm) : nullptr;
        if (helper == nullptr) return "calls an unknown helper function";
        out.value = reinterpret_cast<uint64_t>(helper);
        return nullptr;
    }

    const char* check_frame(uint8_t base, int16_t off, unsigned size) const {
        // Where other registers point is not known here: the compiler answers for them.
        if (base != frame_register) return nullptr;
        const int begin = off;
        if (begin >= -static_cast<int64_t>(scope_.frame_size) && begin + static_cast<int>(size) <= 0) return nullptr;
        return "accesses memory outside of its frame";
    }

    const char* check_load(const bpf_insn& insn) const {
        if (const char* what = check_registers(insn, true)) return what;
        const bool extends = BPF_MODE(insn.code) == bpf_sign_extending_mode && BPF_SIZE(insn.code) != BPF_DW;
        if (BPF_MODE(insn.code) != BPF_MEM && !extends) return "unknown opcode";
        return check_frame(insn.src_reg, insn.off, access_size(insn.code));
    }

    const char* check_store(const bpf_insn& insn) const {
        if (const char* what = check_registers(insn, false)) return what;
        if (BPF_MODE(insn.code) == BPF_ATOMIC) {
            const bool word = BPF_SIZE(insn.code) == BPF_W || BPF_SIZE(insn.code) == BPF_DW;
            if (BPF_CLASS(insn.code) != BPF_STX || !word || insn.imm != BPF_ADD) return "unknown atomic operation";
        } else if (BPF_MODE(insn.code) != BPF_MEM) {
            return "unknown opcode";
        }
        return check_frame(insn.dst_reg, insn.off, access_size(insn.code));
    }

    const char* check_wide(const bpf_insn& insn, LinkedInsn& out) const {
        if (at_ + 1 >= code_.size() || code_[at_ + 1].code != 0) return "64-bit immediate without its second half";
        // Nobody writes to the frame register, which is the last one.
        if (insn.dst_reg >= frame_register) return "unknown register";
        const auto low = static_cast<uint32_t>(insn.imm);
        const auto high = static_cast<uint32_t>(code_[at_ + 1].imm);
        if (insn.src_reg == 0) {
            out.value = uint64_t{high} << 32 | low;
            return nullptr;
        }
        if (insn.src_reg != BPF_PSEUDO_MAP_FD && insn.src_reg != BPF_PSEUDO_MAP_VALUE)
            return "unknown kind of immediate";
        if (scope_.machine == nullptr || low >= scope_.machine->maps.size()) return "unknown map";
        MapMemory& map = scope_.machine->maps[low];
        if (insn.src_reg == BPF_PSEUDO_MAP_FD) {
            if (map.array == nullptr) return "uses a map that is no associative array as one";
            out.value = address_of(map.array.get());
        } else {
            if (map.kind != MapKind::globals && map.kind != MapKind::rodata)
                return "takes the address of a map without memory";
            if (high >= map.block.size() * sizeof(uint64_t)) return "takes an address outside of the map's memory";
            out.value = address_of(map.bytes() + high);
        }
        return nullptr;
    }

    std::span<const bpf_insn> code_;
    const CodeScope& scope_;
    std::vector<LinkedInsn> out_;
    size_t at_ = 0;
};

}  // namespace

Result<std::vector<LinkedInsn>> link_code(std::span<const bpf_insn> code, const CodeScope& scope) {
    return Linker(code, scope).run();
}

}  // namespace probevue
