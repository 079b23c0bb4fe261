#include "runtime/engine/interpreter.h"

#include <array>
#include <cstring>

#include "runtime/engine/interpreter_ops.h"
#include "runtime/engine/machine.h"

namespace probevue {

namespace {

enum class Operation : uint8_t {
#define X(name, expression) name##64k, name##64x, name##32k, name##32x,
    PROBEVUE_ALU_OPS(X) PROBEVUE_JUMP_OPS(X)
#undef X
#define X(name, memory, wide) name,
        PROBEVUE_LOAD_OPS(X)
#undef X
#define X(suffix, type) store##suffix##k, store##suffix##x,
            PROBEVUE_STORE_OPS(X)
#undef X
#define X(name, expression) name,
                PROBEVUE_UNARY_OPS(X)
#undef X
#define X(name) name,
                    PROBEVUE_OTHER_OPS(X)
#undef X
                        count
};

// One decoded operation.
struct Op {
    const void* handler = nullptr;  // label in interpret()
    uint64_t value = 0;             // immediate, address, helper function
    int32_t offset = 0;             // memory: bytes; jumps: bytes from this Op to the target
    uint8_t dst = 0;
    uint8_t src = 0;
};

using Labels = std::array<const void*, static_cast<size_t>(Operation::count)>;

template <typename T>
T load(uint64_t address, int32_t offset) {
    T value;
    std::memcpy(&value, pointer(address) + offset, sizeof value);
    return value;
}

template <typename T>
void store(uint64_t address, int32_t offset, uint64_t value) {
    const auto cut = static_cast<T>(value);
    std::memcpy(pointer(address) + offset, &cut, sizeof cut);
}

// An EntryFunction: `code` is the first Op. With no code it writes the addresses of its labels to *context (a Labels),
// which C++ gives to nobody else.
uint64_t interpret(const void* code, void* context, std::byte* frame_top, Machine* machine) {
    if (code == nullptr) {
        *static_cast<Labels*>(context) = Labels{
#define X(name, expression) &&do_##name##64k, &&do_##name##64x, &&do_##name##32k, &&do_##name##32x,
            PROBEVUE_ALU_OPS(X) PROBEVUE_JUMP_OPS(X)
#undef X
#define X(name, memory, wide) &&do_##name,
                PROBEVUE_LOAD_OPS(X)
#undef X
#define X(suffix, type) &&do_store##suffix##k, &&do_store##suffix##x,
                    PROBEVUE_STORE_OPS(X)
#undef X
#define X(name, expression) &&do_##name,
                        PROBEVUE_UNARY_OPS(X)
#undef X
#define X(name) &&do_##name,
                            PROBEVUE_OTHER_OPS(X)
#undef X
        };
        return 0;
    }

    std::array<uint64_t, 11> r;  // registers are written before they are read: the compiler's verifier sees to it
    r[1] = reinterpret_cast<uint64_t>(context);
    r[10] = reinterpret_cast<uint64_t>(frame_top);
    const Op* op = static_cast<const Op*>(code);

#define DISPATCH() goto * op->handler
#define NEXT()      \
    do {            \
        ++op;       \
        DISPATCH(); \
    } while (false)
#define JUMP()                                                                            \
    do {                                                                                  \
        op = reinterpret_cast<const Op*>(reinterpret_cast<const char*>(op) + op->offset); \
        DISPATCH();                                                                       \
    } while (false)

    DISPATCH();

#define ALU(label, type_u, type_s, right, expression) \
    label : {                                         \
        using U = type_u;                             \
        using S [[maybe_unused]] = type_s;            \
        const auto a = static_cast<U>(r[op->dst]);    \
        const auto b = static_cast<U>(right);         \
        r[op->dst] = static_cast<U>(expression);      \
        NEXT();                                       \
    }
#define X(name, expression)                                        \
    ALU(do_##name##64k, uint64_t, int64_t, op->value, expression)  \
    ALU(do_##name##64x, uint64_t, int64_t, r[op->src], expression) \
    ALU(do_##name##32k, uint32_t, int32_t, op->value, expression)  \
    ALU(do_##name##32x, uint32_t, int32_t, r[op->src], expression)
    PROBEVUE_ALU_OPS(X)
#undef X

#define COMPARE(label, type_u, type_s, right, expression) \
    label : {                                             \
        using U = type_u;                                 \
        using S [[maybe_unused]] = type_s;                \
        const auto a = static_cast<U>(r[op->dst]);        \
        const auto b = static_cast<U>(right);             \
        if (expression) JUMP();                           \
        NEXT();                                           \
    }
#define X(name, expression)                                            \
    COMPARE(do_##name##64k, uint64_t, int64_t, op->value, expression)  \
    COMPARE(do_##name##64x, uint64_t, int64_t, r[op->src], expression) \
    COMPARE(do_##name##32k, uint32_t, int32_t, op->value, expression)  \
    COMPARE(do_##name##32x, uint32_t, int32_t, r[op->src], expression)
    PROBEVUE_JUMP_OPS(X)
#undef X

#define X(name, memory, wide)                                                           \
    do_##name : {                                                                       \
        r[op->dst] = static_cast<uint64_t>(wide{load<memory>(r[op->src], op->offset)}); \
        NEXT();                                                                         \
    }
    PROBEVUE_LOAD_OPS(X)
#undef X

#define X(suffix, type)                                  \
    do_store##suffix##k : {                              \
        store<type>(r[op->dst], op->offset, op->value);  \
        NEXT();                                          \
    }                                                    \
    do_store##suffix##x : {                              \
        store<type>(r[op->dst], op->offset, r[op->src]); \
        NEXT();                                          \
    }
    PROBEVUE_STORE_OPS(X)
#undef X

#define X(name, expression)                             \
    do_##name : {                                       \
        [[maybe_unused]] const uint64_t a = r[op->dst]; \
        [[maybe_unused]] const uint64_t b = r[op->src]; \
        r[op->dst] = expression;                        \
        NEXT();                                         \
    }
    PROBEVUE_UNARY_OPS(X)
#undef X

do_mov_k:
    r[op->dst] = op->value;
    NEXT();
do_ja:
    JUMP();
do_call:
    r[0] = reinterpret_cast<HelperFunction>(op->value)(*machine, r[1], r[2], r[3], r[4], r[5]);
    NEXT();
do_nop:
    NEXT();
do_atomic_add32:
    // One thread runs the machine: a plain addition is atomic.
    store<uint32_t>(r[op->dst], op->offset, load<uint32_t>(r[op->dst], op->offset) + r[op->src]);
    NEXT();
do_atomic_add64:
    store<uint64_t>(r[op->dst], op->offset, load<uint64_t>(r[op->dst], op->offset) + r[op->src]);
    NEXT();
do_lea:
    r[op->dst] = r[op->src] + op->value;
    NEXT();
do_load_be16:
    r[op->dst] = __builtin_bswap16(load<uint16_t>(r[op->src], op->offset));
    NEXT();
do_load_be32:
    r[op->dst] = __builtin_bswap32(load<uint32_t>(r[op->src], op->offset));
    NEXT();
do_increment : {
    const uint64_t base = r[op->src];
    const uint64_t sum = load<uint64_t>(base, op->offset) + op->value;
    store<uint64_t>(base, op->offset, sum);
    r[op->dst] = sum;
    NEXT();
}
do_give:
    return op->value;
do_exit:
    return r[0];
#undef DISPATCH
#undef NEXT
#undef JUMP
#undef ALU
#undef COMPARE
}

Operation alu_operation(const LinkedInsn& insn) {
    const bool wide = BPF_CLASS(insn.code) == BPF_ALU64;
    const bool x = BPF_SRC(insn.code) == BPF_X;
    const auto pick = [&](Operation first) {
        return static_cast<Operation>(static_cast<int>(first) + (wide ? 0 : 2) + (x ? 1 : 0));
    };
    const bool is_signed = insn.off == 1;
    switch (BPF_OP(insn.code)) {
        case BPF_ADD:
            return pick(Operation::add64k);
        case BPF_SUB:
            return pick(Operation::sub64k);
        case BPF_MUL:
            return pick(Operation::mul64k);
        case BPF_DIV:
            return pick(is_signed ? Operation::sdiv64k : Operation::div64k);
        case BPF_MOD:
            return pick(is_signed ? Operation::smod64k : Operation::mod64k);
        case BPF_OR:
            return pick(Operation::bit_or64k);
        case BPF_AND:
            return pick(Operation::bit_and64k);
        case BPF_XOR:
            return pick(Operation::bit_xor64k);
        case BPF_LSH:
            return pick(Operation::shl64k);
        case BPF_RSH:
            return pick(Operation::shr64k);
        case BPF_ARSH:
            return pick(Operation::sar64k);
        case BPF_NEG:
            return wide ? Operation::neg64 : Operation::neg32;
        case BPF_END: {
            const bool swaps =
                wide || x;  // ALU64 swaps always; ALU converts to big (X) or little endian, which is ours
            if (insn.value == 16) return swaps ? Operation::swap16 : Operation::cut16;
            if (insn.value == 32) return swaps ? Operation::swap32 : Operation::cut32;
            return swaps ? Operation::swap64 : Operation::nop;
        }
        default:
            break;
    }
    if (!x) return Operation::mov_k;
    switch (insn.off) {
        case 8:
            return wide ? Operation::mov_s8 : Operation::mov32_s8;
        case 16:
            return wide ? Operation::mov_s16 : Operation::mov32_s16;
        case 32:
            return Operation::mov_s32;
        default:
            return wide ? Operation::mov64 : Operation::mov32;
    }
}

Operation jump_operation(const LinkedInsn& insn) {
    const auto pick = [&](Operation first) {
        return static_cast<Operation>(static_cast<int>(first) + (BPF_CLASS(insn.code) == BPF_JMP32 ? 2 : 0) +
                                      (BPF_SRC(insn.code) == BPF_X ? 1 : 0));
    };
    switch (BPF_OP(insn.code)) {
        case BPF_JEQ:
            return pick(Operation::jeq64k);
        case BPF_JNE:
            return pick(Operation::jne64k);
        case BPF_JGT:
            return pick(Operation::jgt64k);
        case BPF_JGE:
            return pick(Operation::jge64k);
        case BPF_JLT:
            return pick(Operation::jlt64k);
        case BPF_JLE:
            return pick(Operation::jle64k);
        case BPF_JSET:
            return pick(Operation::jset64k);
        case BPF_JSGT:
            return pick(Operation::jsgt64k);
        case BPF_JSGE:
            return pick(Operation::jsge64k);
        case BPF_JSLT:
            return pick(Operation::jslt64k);
        case BPF_JSLE:
            return pick(Operation::jsle64k);
        case BPF_CALL:
            return Operation::call;
        case BPF_EXIT:
            return Operation::exit;
        default:
            return Operation::ja;
    }
}

Operation memory_operation(const LinkedInsn& insn) {
    const auto pick = [&](Operation first, int stride) {
        const int index = BPF_SIZE(insn.code) == BPF_B   ? 0
                          : BPF_SIZE(insn.code) == BPF_H ? 1
                          : BPF_SIZE(insn.code) == BPF_W ? 2
                                                         : 3;
        return static_cast<Operation>(static_cast<int>(first) + index * stride);
    };
    switch (BPF_CLASS(insn.code)) {
        case BPF_LDX:
            return pick(BPF_MODE(insn.code) == BPF_MEM ? Operation::load8 : Operation::load_s8, 1);
        case BPF_ST:
            return pick(Operation::store8k, 2);
        default:
            break;
    }
    if (BPF_MODE(insn.code) == BPF_ATOMIC) {
        return BPF_SIZE(insn.code) == BPF_DW ? Operation::atomic_add64 : Operation::atomic_add32;
    }
    return pick(Operation::store8x, 2);
}

Operation operation_of(const LinkedInsn& insn) {
    switch (BPF_CLASS(insn.code)) {
        case BPF_ALU:
        case BPF_ALU64:
            return alu_operation(insn);
        case BPF_JMP:
        case BPF_JMP32:
            return jump_operation(insn);
        case BPF_LD:
            return Operation::mov_k;
        default:
            return memory_operation(insn);
    }
}

class Decoder {
public:
    explicit Decoder(const std::vector<LinkedInsn>& code) : code_(code) {
        interpret(nullptr, &labels_, nullptr, nullptr);
    }

    std::vector<Op> run() {
        std::vector<size_t> place(code_.size());  // of each instruction's operation
        std::vector<std::pair<size_t, uint32_t>> jumps;
        for (size_t at = 0; at < code_.size();) {
            place[at] = ops_.size();
            if (const size_t taken = fuse(at)) {
                at += taken;
                continue;
            }
            const LinkedInsn& insn = code_[at];
            const Operation operation = operation_of(insn);
            Op& op = add(operation, insn);
            if (operation == Operation::mov_k && BPF_CLASS(insn.code) == BPF_ALU)
                op.value = static_cast<uint32_t>(op.value);
            const bool jumps_away = BPF_CLASS(insn.code) == BPF_JMP || BPF_CLASS(insn.code) == BPF_JMP32;
            if (jumps_away && operation != Operation::call && operation != Operation::exit) {
                jumps.emplace_back(ops_.size() - 1, insn.target);
            }
            at += insn.code == (BPF_LD | BPF_IMM | BPF_DW) ? 2 : 1;
        }
        for (const auto& [from, target] : jumps) {
            ops_[from].offset = static_cast<int32_t>((place[target] - from) * sizeof(Op));
        }
        return std::move(ops_);
    }

private:
    Op& add(Operation operation, const LinkedInsn& insn) {
        Op op;
        op.handler = labels_[static_cast<size_t>(operation)];
        op.value = insn.value;
        op.offset = insn.off;
        op.dst = insn.dst;
        op.src = insn.src;
        return ops_.emplace_back(op);
    }

    bool follows(size_t at, uint8_t code) const {
        return at < code_.size() && code_[at].code == code && !code_[at].is_target;
    }

    // Makes one operation of several instructions from `at` on; returns how many it took, 0 for none.
    size_t fuse(size_t at) {
        const LinkedInsn& first = code_[at];
        const bool next = at + 1 < code_.size();
        const LinkedInsn& second = code_[next ? at + 1 : at];
        switch (first.code) {
            case BPF_ALU64 | BPF_MOV | BPF_X:
                if (first.off != 0 || !follows(at + 1, BPF_ALU64 | BPF_ADD | BPF_K) || second.dst != first.dst)
                    return 0;
                add(Operation::lea, first).value = second.value;
                return 2;
            case BPF_LDX | BPF_MEM | BPF_H:
            case BPF_LDX | BPF_MEM | BPF_W: {
                const bool half = BPF_SIZE(first.code) == BPF_H;
                const bool swap = follows(at + 1, BPF_ALU | BPF_END | BPF_X) || follows(at + 1, BPF_ALU64 | BPF_END);
                if (!swap || second.dst != first.dst || second.value != (half ? 16 : 32)) return 0;
                add(half ? Operation::load_be16 : Operation::load_be32, first);
                return 2;
            }
            case BPF_LDX | BPF_MEM | BPF_DW: {
                if (!follows(at + 1, BPF_ALU64 | BPF_ADD | BPF_K) || !follows(at + 2, BPF_STX | BPF_MEM | BPF_DW))
                    return 0;
                const LinkedInsn& third = code_[at + 2];
                const bool same = second.dst == first.dst && third.src == first.dst && third.dst == first.src &&
                                  third.off == first.off && first.dst != first.src;
                if (!same) return 0;
                add(Operation::increment, first).value = second.value;
                return 3;
            }
            case BPF_ALU | BPF_MOV | BPF_K:
            case BPF_ALU64 | BPF_MOV | BPF_K: {
                if (first.dst != 0 || !follows(at + 1, BPF_JMP | BPF_EXIT)) return 0;
                Op& op = add(Operation::give, first);
                if (BPF_CLASS(first.code) == BPF_ALU) op.value = static_cast<uint32_t>(op.value);
                return 2;
            }
            default:
                return 0;
        }
    }

    const std::vector<LinkedInsn>& code_;
    Labels labels_{};
    std::vector<Op> ops_;
};

class Interpreted : public Executable {
public:
    explicit Interpreted(const std::vector<LinkedInsn>& code) : ops_(Decoder(code).run()) {
        entry_ = &interpret;
        code_ = ops_.data();
    }

private:
    std::vector<Op> ops_;
};

}  // namespace

std::unique_ptr<Executable> interpret_code(const std::vector<LinkedInsn>& code) {
    return std::make_unique<Interpreted>(code);
}

}  // namespace probevue
