// Classic BPF filters, translated to eBPF as the kernel does and run in our engine.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "runtime/engine/engine.h"
#include "runtime/engine/load.h"

namespace probevue {

namespace {

// What r1 points to in the code of a filter.
struct FilterContext {
    uint64_t packet = 0;
    uint64_t captured = 0;
    uint64_t wire_length = 0;
};

// Where the classic machine's parts live.
constexpr uint8_t accumulator = BPF_REG_0;
constexpr uint8_t context = BPF_REG_1;
constexpr uint8_t index_register = BPF_REG_2;
constexpr uint8_t scratch = BPF_REG_3;
constexpr uint8_t packet = BPF_REG_4;
constexpr uint8_t captured = BPF_REG_5;
constexpr uint8_t jumps_back = BPF_REG_6;  // that are left, in a filter that has some
constexpr uint8_t frame = BPF_REG_10;
constexpr uint32_t memory_bytes = BPF_MEMWORDS * 4;

// Offsets in this window ask the kernel for facts about a packet instead of its bytes. All others are bytes: those that
// libpcap makes for link types without network headers lie beyond the end of any packet.
bool asks_kernel(uint32_t offset) {
    return offset >= static_cast<uint32_t>(SKF_AD_OFF) && offset < static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_MAX);
}

// libpcap walks chains of headers (`protochain`) by jumps back, and what it knows at the start of a round is a place in
// the packet and the protocol there, which only a few values of lead to another round. No round of a walk that ends
// comes twice, so that it has fewer than this many for each byte and loop; walks that do not end (of AH headers that
// lead in a circle, with which libpcap's own interpreter runs for ever) match nothing.
constexpr uint64_t rounds_a_byte = 8;

int memory_offset(uint32_t word) { return static_cast<int>(word * 4) - static_cast<int>(memory_bytes); }

class Translator {
public:
    explicit Translator(std::span<const sock_filter> code) : code_(code) {}

    Result<std::vector<bpf_insn>> run() {
        if (code_.empty()) return fail("filter without instructions");
        if (BPF_CLASS(code_.back().code) != BPF_RET) return fail("filter does not end with a return", hint);
        loops_ = std::count_if(code_.begin(), code_.end(), is_jump_back);
        prologue();
        std::vector<size_t> place(code_.size());
        for (at_ = 0; at_ < code_.size(); ++at_) {
            place[at_] = out_.size();
            if (const char* what = translate(code_[at_]))
                return fail(fmt::format("filter instruction {}: {}", at_, what), hint);
        }
        for (const Jump& jump : jumps_) {
            const auto distance = static_cast<int64_t>(place[jump.target]) - static_cast<int64_t>(jump.from) - 1;
            if (out_[jump.from].code == (BPF_JMP32 | BPF_JA)) {
                out_[jump.from].imm = static_cast<int32_t>(distance);
            } else {
                out_[jump.from].off =
                    static_cast<int16_t>(distance);  // at most 255 instructions of the filter, each a few of ours
            }
        }
        return std::move(out_);
    }

    bool has_loops() const { return loops_ != 0; }

private:
    struct Jump {
        size_t from = 0;    // our instruction
        size_t target = 0;  // instruction of the filter
    };
    static constexpr const char* hint = "the filter was not made by libpcap";

    void emit(unsigned code, uint8_t dst, uint8_t src = 0, int off = 0, uint32_t imm = 0) {
        bpf_insn insn{};
        insn.code = static_cast<uint8_t>(code);
        insn.dst_reg = dst & 15;
        insn.src_reg = src & 15;
        insn.off = static_cast<int16_t>(off);
        insn.imm = static_cast<int32_t>(imm);
        out_.push_back(insn);
    }

    // Only this jump goes back, by a distance that is negative in 32 bits; all others have distances without a sign.
    static bool is_jump_back(const sock_filter& insn) {
        return insn.code == (BPF_JMP | BPF_JA) && static_cast<int32_t>(insn.k) < 0;
    }

    void prologue() {
        emit(BPF_ALU64 | BPF_MOV | BPF_K, accumulator);
        emit(BPF_ALU64 | BPF_MOV | BPF_K, index_register);
        emit(BPF_LDX | BPF_MEM | BPF_DW, packet, context, offsetof(FilterContext, packet));
        emit(BPF_LDX | BPF_MEM | BPF_DW, captured, context, offsetof(FilterContext, captured));
        if (has_loops()) {
            emit(BPF_ALU64 | BPF_MOV | BPF_X, jumps_back, captured);
            emit(BPF_ALU64 | BPF_ADD | BPF_K, jumps_back, 0, 0, 1);
            emit(BPF_ALU64 | BPF_MUL | BPF_K, jumps_back, 0, 0,
                 static_cast<uint32_t>(rounds_a_byte * static_cast<uint64_t>(loops_)));
        }
        const auto uses_memory = [](const sock_filter& insn) {
            const unsigned kind = BPF_CLASS(insn.code);
            return (kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(insn.code) == BPF_MEM;
        };
        if (std::none_of(code_.begin(), code_.end(), uses_memory)) return;
        for (uint32_t word = 0; word < BPF_MEMWORDS; word += 2)
            emit(BPF_ST | BPF_MEM | BPF_DW, frame, 0, memory_offset(word));
    }

    void give_zero() {
        emit(BPF_ALU | BPF_MOV | BPF_K, accumulator);
        emit(BPF_JMP | BPF_EXIT, 0);
    }

    // Null when the instruction was translated.
    const char* translate(const sock_filter& insn) {
        switch (BPF_CLASS(insn.code)) {
            case BPF_LD:
                return load(insn, accumulator);
            case BPF_LDX:
                return load_index(insn);
            case BPF_ST:
                return store(insn, accumulator);
            case BPF_STX:
                return store(insn, index_register);
            case BPF_ALU:
                return arithmetic(insn);
            case BPF_JMP:
                return jump(insn);
            case BPF_RET:
                return give(insn);
            default:
                return transfer(insn);
        }
    }

    const char* load(const sock_filter& insn, uint8_t into) {
        switch (BPF_MODE(insn.code)) {
            case BPF_IMM:
                emit(BPF_ALU | BPF_MOV | BPF_K, into, 0, 0, insn.k);
                return nullptr;
            case BPF_LEN:
                emit(BPF_LDX | BPF_MEM | BPF_W, into, context, offsetof(FilterContext, wire_length));
                return nullptr;
            case BPF_MEM:
                if (insn.k >= BPF_MEMWORDS) return "no such word of memory";
                emit(BPF_LDX | BPF_MEM | BPF_W, into, frame, memory_offset(insn.k));
                return nullptr;
            case BPF_ABS:
            case BPF_IND:
                return load_packet(insn);
            default:
                return "unknown load";
        }
    }

    // A = big-endian bytes at k, or at X + k; the filter does not match where there are none.
    const char* load_packet(const sock_filter& insn) {
        const unsigned size = BPF_SIZE(insn.code);
        if (size != BPF_B && size != BPF_H && size != BPF_W) return "unknown load";
        if (asks_kernel(insn.k))
            return "asks the kernel for more than the packet's bytes, which a recording does not have";
        const uint64_t bytes = size == BPF_B ? 1 : size == BPF_H ? 2 : 4;
        const uint64_t end = insn.k + bytes;  // fits 33 bits
        const bool indexed = BPF_MODE(insn.code) == BPF_IND;
        const int back = -static_cast<int>(bytes);
        if (!indexed && end <= INT16_MAX) {
            emit(BPF_JMP | BPF_JGE | BPF_K, captured, 0, 2, static_cast<uint32_t>(end));
            give_zero();
            emit(BPF_LDX | BPF_MEM | size, accumulator, packet, static_cast<int>(insn.k));
        } else {
            wide(scratch, end);
            if (indexed) emit(BPF_ALU64 | BPF_ADD | BPF_X, scratch, index_register);
            emit(BPF_JMP | BPF_JGE | BPF_X, captured, scratch, 2);
            give_zero();
            emit(BPF_ALU64 | BPF_ADD | BPF_X, scratch, packet);
            emit(BPF_LDX | BPF_MEM | size, accumulator, scratch, back);
        }
        if (size != BPF_B) emit(BPF_ALU | BPF_END | BPF_TO_BE, accumulator, 0, 0, size == BPF_H ? 16 : 32);
        return nullptr;
    }

    void wide(uint8_t into, uint64_t value) {
        if (value <= INT32_MAX) return emit(BPF_ALU64 | BPF_MOV | BPF_K, into, 0, 0, static_cast<uint32_t>(value));
        emit(BPF_LD | BPF_IMM | BPF_DW, into, 0, 0, static_cast<uint32_t>(value));
        emit(0, 0, 0, 0, static_cast<uint32_t>(value >> 32));
    }

    const char* load_index(const sock_filter& insn) {
        if (BPF_MODE(insn.code) == BPF_ABS || BPF_MODE(insn.code) == BPF_IND) return "unknown load";
        if (BPF_MODE(insn.code) != BPF_MSH) return load(insn, index_register);
        // X = length of the IPv4 header whose first byte is at k
        if (asks_kernel(insn.k))
            return "asks the kernel for more than the packet's bytes, which a recording does not have";
        wide(scratch, uint64_t{insn.k} + 1);
        emit(BPF_JMP | BPF_JGE | BPF_X, captured, scratch, 2);
        give_zero();
        emit(BPF_ALU64 | BPF_ADD | BPF_X, scratch, packet);
        emit(BPF_LDX | BPF_MEM | BPF_B, index_register, scratch, -1);
        emit(BPF_ALU | BPF_AND | BPF_K, index_register, 0, 0, 0xf);
        emit(BPF_ALU | BPF_LSH | BPF_K, index_register, 0, 0, 2);
        return nullptr;
    }

    const char* store(const sock_filter& insn, uint8_t from) {
        if (insn.k >= BPF_MEMWORDS) return "no such word of memory";
        emit(BPF_STX | BPF_MEM | BPF_W, frame, from, memory_offset(insn.k));
        return nullptr;
    }

    const char* arithmetic(const sock_filter& insn) {
        const unsigned op = BPF_OP(insn.code);
        const bool by_index = BPF_SRC(insn.code) == BPF_X;
        switch (op) {
            case BPF_NEG:
                emit(BPF_ALU | BPF_NEG, accumulator);
                return nullptr;
            case BPF_DIV:
            case BPF_MOD:
                if (!by_index && insn.k == 0) return "divides by zero";
                if (by_index) {
                    emit(BPF_JMP32 | BPF_JNE | BPF_K, index_register, 0, 2);
                    give_zero();
                }
                break;
            case BPF_LSH:
            case BPF_RSH:
                // Classic BPF in user space shifts everything out; eBPF takes the distance modulo 32.
                if (by_index) {
                    emit(BPF_JMP32 | BPF_JLT | BPF_K, index_register, 0, 2, 32);
                    emit(BPF_ALU | BPF_MOV | BPF_K, accumulator);
                    emit(BPF_JMP | BPF_JA, 0, 0, 1);
                } else if (insn.k >= 32) {
                    emit(BPF_ALU | BPF_MOV | BPF_K, accumulator);
                    return nullptr;
                }
                break;
            case BPF_ADD:
            case BPF_SUB:
            case BPF_MUL:
            case BPF_OR:
            case BPF_AND:
            case BPF_XOR:
                break;
            default:
                return "unknown arithmetic";
        }
        emit(BPF_ALU | op | BPF_SRC(insn.code), accumulator, by_index ? index_register : uint8_t{0}, 0,
             by_index ? 0 : insn.k);
        return nullptr;
    }

    bool jump_to(size_t target, unsigned code, uint8_t src = 0, uint32_t imm = 0) {
        if (target >= code_.size()) return false;
        jumps_.push_back({out_.size(), target});
        emit(code, BPF_OP(code) == BPF_JA ? uint8_t{0} : accumulator, src, 0, imm);
        return true;
    }

    const char* jump(const sock_filter& insn) {
        constexpr const char* outside = "jumps out of the filter";
        const unsigned op = BPF_OP(insn.code);
        const size_t next = at_ + 1;
        if (is_jump_back(insn)) {
            const int64_t target = static_cast<int64_t>(next) + static_cast<int32_t>(insn.k);
            if (target < 0) return outside;
            emit(BPF_ALU64 | BPF_SUB | BPF_K, jumps_back, 0, 0, 1);
            emit(BPF_JMP | BPF_JNE | BPF_K, jumps_back, 0, 2);
            give_zero();
            return jump_to(static_cast<size_t>(target), BPF_JMP32 | BPF_JA) ? nullptr : outside;
        }
        if (op == BPF_JA) return jump_to(next + insn.k, BPF_JMP32 | BPF_JA) ? nullptr : outside;
        if (op != BPF_JEQ && op != BPF_JGT && op != BPF_JGE && op != BPF_JSET) return "unknown jump";
        const bool by_index = BPF_SRC(insn.code) == BPF_X;
        const uint8_t src = by_index ? index_register : uint8_t{0};
        const uint32_t imm = by_index ? 0 : insn.k;
        // Where only the way of "false" leads away, the opposite condition saves an instruction; JSET has none.
        if (insn.jt == 0 && op != BPF_JSET) {
            const unsigned opposite = op == BPF_JEQ ? BPF_JNE : op == BPF_JGT ? BPF_JLE : BPF_JLT;
            return jump_to(next + insn.jf, BPF_JMP32 | opposite | BPF_SRC(insn.code), src, imm) ? nullptr : outside;
        }
        if (!jump_to(next + insn.jt, BPF_JMP32 | op | BPF_SRC(insn.code), src, imm)) return outside;
        if (insn.jf != 0 && !jump_to(next + insn.jf, BPF_JMP32 | BPF_JA)) return outside;
        return nullptr;
    }

    const char* give(const sock_filter& insn) {
        switch (BPF_RVAL(insn.code)) {
            case BPF_K:
                emit(BPF_ALU | BPF_MOV | BPF_K, accumulator, 0, 0, insn.k);
                break;
            case BPF_A:
                break;
            default:
                return "unknown return";
        }
        emit(BPF_JMP | BPF_EXIT, 0);
        return nullptr;
    }

    const char* transfer(const sock_filter& insn) {
        switch (BPF_MISCOP(insn.code)) {
            case BPF_TAX:
                emit(BPF_ALU | BPF_MOV | BPF_X, index_register, accumulator);
                return nullptr;
            case BPF_TXA:
                emit(BPF_ALU | BPF_MOV | BPF_X, accumulator, index_register);
                return nullptr;
            default:
                return "unknown instruction";
        }
    }

    std::span<const sock_filter> code_;
    std::vector<bpf_insn> out_;
    std::vector<Jump> jumps_;
    std::ptrdiff_t loops_ = 0;
    size_t at_ = 0;
};

class TranslatedFilter final : public PacketFilter {
public:
    explicit TranslatedFilter(std::unique_ptr<Executable> executable) : executable_(std::move(executable)) {}

    uint32_t run(const uint8_t* bytes, uint32_t captured_bytes, uint32_t wire_length) const override {
        alignas(8) std::byte memory[memory_bytes];
        FilterContext facts{reinterpret_cast<uint64_t>(bytes), captured_bytes, wire_length};
        return static_cast<uint32_t>(executable_->run(&facts, memory + memory_bytes, nullptr));
    }

private:
    std::unique_ptr<Executable> executable_;
};

}  // namespace

Result<std::unique_ptr<PacketFilter>> PacketFilter::create(std::span<const sock_filter> code, EngineKind kind) {
    Translator translator(code);
    Result<std::vector<bpf_insn>> translated = translator.run();
    if (!translated) return translated.error();
    auto executable = load_code(*translated, CodeScope{nullptr, memory_bytes, translator.has_loops()}, kind);
    if (!executable) return executable.error();
    return std::unique_ptr<PacketFilter>(std::make_unique<TranslatedFilter>(std::move(*executable)));
}

}  // namespace probevue
