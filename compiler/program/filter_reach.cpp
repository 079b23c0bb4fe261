// How far into a packet a filter looks: its instructions followed with the largest value that each register can have.
#include <algorithm>
#include <array>
#include <optional>

#include "compiler/program/filter.h"

namespace probevue {

namespace {

constexpr uint64_t any_value = UINT32_MAX;

uint64_t at_most(uint64_t value) { return std::min(value, any_value); }

// All bits up to the highest that a value of at most `value` can have.
uint64_t filled(uint64_t value) {
    for (unsigned shift = 1; shift < 64; shift *= 2) value |= value >> shift;
    return value;
}

// The largest values: accumulator, index register, memory.
struct Registers {
    uint64_t a = 0;
    uint64_t x = 0;
    std::array<uint64_t, BPF_MEMWORDS> memory{};

    void join(const Registers& other) {
        a = std::max(a, other.a);
        x = std::max(x, other.x);
        for (size_t i = 0; i < memory.size(); ++i) memory[i] = std::max(memory[i], other.memory[i]);
    }
};

class Reach {
public:
    explicit Reach(const std::vector<sock_filter>& code) : code_(code), before_(code.size()) {}

    uint32_t run() {
        if (!code_.empty()) before_[0].emplace();
        for (size_t i = 0; i < code_.size(); ++i) {
            if (!before_[i]) continue;
            Registers now = *before_[i];
            const sock_filter& insn = code_[i];
            switch (BPF_CLASS(insn.code)) {
                case BPF_LD:
                    now.a = load(insn, now);
                    break;
                case BPF_LDX:
                    now.x = load(insn, now);
                    break;
                case BPF_ST:
                    now.memory[insn.k % BPF_MEMWORDS] = now.a;
                    break;
                case BPF_STX:
                    now.memory[insn.k % BPF_MEMWORDS] = now.x;
                    break;
                case BPF_ALU:
                    now.a = arithmetic(insn, now.a, BPF_SRC(insn.code) == BPF_X ? now.x : insn.k);
                    break;
                case BPF_MISC:
                    BPF_MISCOP(insn.code) == BPF_TAX ? now.x = now.a : now.a = now.x;
                    break;
                case BPF_JMP:
                    if (!jump(i, now)) return whole_packets;
                    continue;
                default:  // returns
                    continue;
            }
            reach(i + 1, now);
        }
        return static_cast<uint32_t>(std::min<uint64_t>(needed_, whole_packets));
    }

private:
    void reach(size_t at, const Registers& registers) {
        if (at >= code_.size()) return;
        before_[at] ? before_[at]->join(registers) : void(before_[at] = registers);
    }

    // False for a jump back: what lies behind it has been looked at with other values.
    bool jump(size_t at, const Registers& now) {
        const sock_filter& insn = code_[at];
        if (BPF_OP(insn.code) == BPF_JA) {
            if (static_cast<int32_t>(insn.k) < 0) return false;
            reach(at + 1 + insn.k, now);
            return true;
        }
        reach(at + 1 + insn.jt, now);
        reach(at + 1 + insn.jf, now);
        return true;
    }

    uint64_t load(const sock_filter& insn, const Registers& now) {
        constexpr uint32_t special = 0x80000000;  // negative offsets name other things than bytes
        constexpr uint64_t longest_ip4_header = 60;
        const unsigned size = BPF_SIZE(insn.code);
        const uint64_t bytes = size == BPF_B ? 1 : size == BPF_H ? 2 : 4;
        switch (BPF_MODE(insn.code)) {
            case BPF_IMM:
                return insn.k;
            case BPF_MEM:
                return now.memory[insn.k % BPF_MEMWORDS];
            case BPF_MSH:
                if (insn.k < special) needed_ = std::max(needed_, uint64_t{insn.k} + 1);
                return longest_ip4_header;
            case BPF_ABS:
            case BPF_IND:
                if (insn.k < special) {
                    const uint64_t start = insn.k + (BPF_MODE(insn.code) == BPF_IND ? now.x : 0);
                    needed_ = std::max(needed_, start + bytes);
                }
                return (uint64_t{1} << bytes * 8) - 1;
            default:
                return any_value;  // the packet's length
        }
    }

    static uint64_t arithmetic(const sock_filter& insn, uint64_t a, uint64_t operand) {
        const bool constant = BPF_SRC(insn.code) == BPF_K;
        switch (BPF_OP(insn.code)) {
            case BPF_ADD:
                return at_most(a + operand);
            case BPF_MUL:
                return at_most(a * operand);
            case BPF_DIV:
                return constant && operand != 0 ? a / operand : a;
            case BPF_MOD:
                return std::min(a, operand);
            case BPF_AND:
                return std::min(a, operand);
            case BPF_OR:
            case BPF_XOR:
                return filled(a | operand);
            case BPF_LSH:
                return constant && operand < 32 ? at_most(a << operand) : any_value;
            case BPF_RSH:
                return constant && operand < 32 ? a >> operand : a;
            default:  // a difference can be negative
                return any_value;
        }
    }

    const std::vector<sock_filter>& code_;
    std::vector<std::optional<Registers>> before_;  // none: not reached
    uint64_t needed_ = 0;
};

}  // namespace

uint32_t bytes_read_by(const std::vector<sock_filter>& code) { return Reach(code).run(); }

}  // namespace probevue
