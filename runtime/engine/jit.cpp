// Straight translation, one instruction after the other, with a fixed place for each register, as the kernel's compiler
// does.
#if defined(PROBEVUE_HAVE_JIT) && defined(__x86_64__)

#include "runtime/engine/jit.h"

#include <asmjit/x86.h>
#include <fmt/format.h>

#include <cstring>
#include <initializer_list>
#include <vector>

// Of libgcc.
extern "C" void __register_frame(void* begin);
extern "C" void __deregister_frame(void* begin);

namespace probevue {

namespace {

using asmjit::Label;
using asmjit::x86::Gp;
namespace x86 = asmjit::x86;

// r1 to r5 lie where a helper function expects its second to sixth argument (the first is the machine), r6 to r10 in
// registers that calls preserve. rdi, r10 and r11 are free for the translation, r12 holds the machine.
constexpr unsigned registers = 11;

class Compiler {
public:
    Compiler(const std::vector<LinkedInsn>& code, asmjit::CodeHolder& holder) : code_(code), a_(&holder) {}

    asmjit::Error run() {
        labels_.resize(code_.size());
        for (size_t i = 0; i < code_.size(); ++i) {
            if (code_[i].is_target) labels_[i] = a_.newLabel();
        }
        leave_ = a_.newLabel();
        enter();
        for (size_t i = 0; i < code_.size(); ++i) {
            if (code_[i].is_target) a_.bind(labels_[i]);
            translate(code_[i], i + 1 == code_.size());
        }
        a_.bind(leave_);
        for (auto saved = std::rbegin(kept_); saved != std::rend(kept_); ++saved) a_.pop(*saved);
        a_.ret();
        // Every error is kept until here.
        return a_.finalize();
    }

private:
    Gp wide(unsigned number) const { return gp(number).r64(); }
    Gp narrow(unsigned number) const { return gp(number).r32(); }
    static Gp gp(unsigned number) {
        const Gp places[registers] = {x86::rax, x86::rsi, x86::rdx, x86::rcx, x86::r8, x86::r9,
                                      x86::rbx, x86::r13, x86::r14, x86::r15, x86::rbp};
        return places[number];
    }
    static Gp sized(unsigned number, bool is_wide) { return sized(gp(number), is_wide); }
    static Gp sized(const Gp& reg, bool is_wide) { return is_wide ? Gp(reg.r64()) : Gp(reg.r32()); }

    // EntryFunction: rdi code (not needed), rsi context (r1 already), rdx frame_top, rcx machine.
    void enter() {
        for (const Gp& saved : kept_) a_.push(saved);  // seven words with rbx: the stack stays aligned for calls
        a_.mov(x86::rbp, x86::rdx);
        a_.mov(x86::r12, x86::rcx);
    }

    void translate(const LinkedInsn& insn, bool is_last) {
        switch (BPF_CLASS(insn.code)) {
            case BPF_ALU64:
                arithmetic(insn, true);
                break;
            case BPF_ALU:
                arithmetic(insn, false);
                break;
            case BPF_JMP:
            case BPF_JMP32:
                jump(insn, is_last);
                break;
            case BPF_LDX:
                load(insn);
                break;
            case BPF_ST:
            case BPF_STX:
                store(insn);
                break;
            default:
                if (insn.code != 0) put(gp(insn.dst), insn.value);
        }
    }

    void put(const Gp& into, uint64_t value) {
        if (value == 0) {
            a_.xor_(into.r32(), into.r32());
        } else if (value <= UINT32_MAX) {
            a_.mov(into.r32(), static_cast<uint32_t>(value));
        } else {
            a_.mov(into.r64(), value);
        }
    }

    void arithmetic(const LinkedInsn& insn, bool is_wide) {
        const Gp dst = sized(insn.dst, is_wide);
        const Gp src = sized(insn.src, is_wide);
        const bool x = BPF_SRC(insn.code) == BPF_X;
        const asmjit::Imm imm(static_cast<int32_t>(insn.value));
        switch (BPF_OP(insn.code)) {
            case BPF_ADD:
                x ? a_.add(dst, src) : a_.add(dst, imm);
                break;
            case BPF_SUB:
                x ? a_.sub(dst, src) : a_.sub(dst, imm);
                break;
            case BPF_OR:
                x ? a_.or_(dst, src) : a_.or_(dst, imm);
                break;
            case BPF_AND:
                x ? a_.and_(dst, src) : a_.and_(dst, imm);
                break;
            case BPF_XOR:
                x ? a_.xor_(dst, src) : a_.xor_(dst, imm);
                break;
            case BPF_MUL:
                x ? a_.imul(dst, src) : a_.imul(dst, dst, imm);
                break;
            case BPF_NEG:
                a_.neg(dst);
                break;
            case BPF_MOV:
                move(insn, is_wide, x);
                break;
            case BPF_END:
                swap(insn, is_wide || x);
                break;
            case BPF_DIV:
            case BPF_MOD:
                divide(insn, is_wide, x);
                break;
            default:
                shift(insn, is_wide, x);
                break;
        }
    }

    void move(const LinkedInsn& insn, bool is_wide, bool x) {
        const Gp dst = sized(insn.dst, is_wide);
        if (!x) return put(dst, is_wide ? insn.value : static_cast<uint32_t>(insn.value));
        switch (insn.off) {
            case 8:
                a_.movsx(dst, gp(insn.src).r8());
                break;
            case 16:
                a_.movsx(dst, gp(insn.src).r16());
                break;
            case 32:
                a_.movsxd(dst, narrow(insn.src));
                break;
            default:
                a_.mov(dst, sized(insn.src, is_wide));
                break;
        }
    }

    void swap(const LinkedInsn& insn, bool swaps) {
        if (insn.value == 64) {
            if (swaps) a_.bswap(wide(insn.dst));
        } else if (insn.value == 32) {
            swaps ? a_.bswap(narrow(insn.dst)) : a_.mov(narrow(insn.dst), narrow(insn.dst));
        } else {
            if (swaps) a_.rol(gp(insn.dst).r16(), 8);
            a_.movzx(narrow(insn.dst), gp(insn.dst).r16());
        }
    }

    void shift(const LinkedInsn& insn, bool is_wide, bool x) {
        const unsigned op = BPF_OP(insn.code);
        const auto apply = [&](const Gp& reg, const auto& by) {
            op == BPF_LSH ? a_.shl(reg, by) : op == BPF_RSH ? a_.shr(reg, by) : a_.sar(reg, by);
        };
        if (!x) {
            apply(sized(insn.dst, is_wide), asmjit::Imm(insn.value & (is_wide ? 63 : 31)));
            if (!is_wide && (insn.value & 31) == 0)
                a_.mov(narrow(insn.dst), narrow(insn.dst));  // clears the upper half
            return;
        }
        // The distance must be in cl, which is r3; the value moves out of the way to r10.
        const Gp value = sized(x86::r10, is_wide);
        a_.mov(value, sized(insn.dst, is_wide));
        a_.mov(x86::r11, x86::rcx);
        a_.mov(x86::ecx, narrow(insn.src));
        apply(value, x86::cl);
        a_.mov(x86::rcx, x86::r11);
        a_.mov(sized(insn.dst, is_wide), value);
    }

    // Division needs rax (r0) and rdx (r2).
    void divide(const LinkedInsn& insn, bool is_wide, bool x) {
        const bool modulo = BPF_OP(insn.code) == BPF_MOD;
        const bool is_signed = insn.off == 1;
        const Gp divisor = sized(x86::r11, is_wide);
        const Gp quotient = sized(x86::rax, is_wide);
        const Gp rest = sized(x86::rdx, is_wide);
        const Gp result = sized(x86::r10, is_wide);
        if (x) {
            a_.mov(divisor, sized(insn.src, is_wide));
        } else {
            put(divisor, is_wide ? insn.value : static_cast<uint32_t>(insn.value));
        }
        a_.mov(result, sized(insn.dst, is_wide));

        const Label by_zero = a_.newLabel();
        const Label by_minus_one = a_.newLabel();
        const Label done = a_.newLabel();
        a_.test(divisor, divisor);
        a_.jz(by_zero);
        if (is_signed) {
            a_.cmp(divisor, asmjit::Imm(-1));  // the least number divided by -1 would trap
            a_.je(by_minus_one);
        }
        a_.push(x86::rax);
        a_.push(x86::rdx);
        a_.mov(quotient, result);
        if (is_signed) {
            is_wide ? a_.cqo() : a_.cdq();
            a_.idiv(divisor);
        } else {
            a_.xor_(x86::edx, x86::edx);
            a_.div(divisor);
        }
        a_.mov(result, modulo ? rest : quotient);
        a_.pop(x86::rdx);
        a_.pop(x86::rax);
        a_.jmp(done);
        if (is_signed) {
            a_.bind(by_minus_one);
            modulo ? a_.xor_(x86::r10d, x86::r10d) : a_.neg(result);
            a_.jmp(done);
        }
        a_.bind(by_zero);  // the rest of a division by zero is the dividend
        if (!modulo) a_.xor_(x86::r10d, x86::r10d);
        a_.bind(done);
        a_.mov(sized(insn.dst, is_wide), result);
    }

    void jump(const LinkedInsn& insn, bool is_last) {
        const bool is_wide = BPF_CLASS(insn.code) == BPF_JMP;
        switch (BPF_OP(insn.code)) {
            case BPF_JA:
                a_.jmp(labels_[insn.target]);
                return;
            case BPF_EXIT:
                if (!is_last) a_.jmp(leave_);
                return;
            case BPF_CALL:
                a_.mov(x86::rdi, x86::r12);
                put(x86::rax, insn.value);
                a_.call(x86::rax);
                return;
            default:
                break;
        }
        const Gp left = sized(insn.dst, is_wide);
        const Gp right = sized(insn.src, is_wide);
        const asmjit::Imm imm(static_cast<int32_t>(insn.value));
        const bool x = BPF_SRC(insn.code) == BPF_X;
        if (BPF_OP(insn.code) == BPF_JSET) {
            x ? a_.test(left, right) : a_.test(left, imm);
        } else if (!x && insn.value == 0) {
            a_.test(left, left);
        } else {
            x ? a_.cmp(left, right) : a_.cmp(left, imm);
        }
        branch(BPF_OP(insn.code), labels_[insn.target]);
    }

    void branch(unsigned op, const Label& to) {
        switch (op) {
            case BPF_JEQ:
                a_.je(to);
                break;
            case BPF_JNE:
            case BPF_JSET:
                a_.jne(to);
                break;
            case BPF_JGT:
                a_.ja(to);
                break;
            case BPF_JGE:
                a_.jae(to);
                break;
            case BPF_JLT:
                a_.jb(to);
                break;
            case BPF_JLE:
                a_.jbe(to);
                break;
            case BPF_JSGT:
                a_.jg(to);
                break;
            case BPF_JSGE:
                a_.jge(to);
                break;
            case BPF_JSLT:
                a_.jl(to);
                break;
            default:
                a_.jle(to);
                break;
        }
    }

    void load(const LinkedInsn& insn) {
        const x86::Mem from = x86::ptr(wide(insn.src), insn.off);
        const bool extends = BPF_MODE(insn.code) == bpf_sign_extending_mode;
        switch (BPF_SIZE(insn.code)) {
            case BPF_B:
                extends ? a_.movsx(wide(insn.dst), byte(from)) : a_.movzx(narrow(insn.dst), byte(from));
                break;
            case BPF_H:
                extends ? a_.movsx(wide(insn.dst), half(from)) : a_.movzx(narrow(insn.dst), half(from));
                break;
            case BPF_W:
                extends ? a_.movsxd(wide(insn.dst), word(from)) : a_.mov(narrow(insn.dst), word(from));
                break;
            default:
                a_.mov(wide(insn.dst), from);
                break;
        }
    }

    static x86::Mem byte(x86::Mem at) { return at.setSize(1), at; }
    static x86::Mem half(x86::Mem at) { return at.setSize(2), at; }
    static x86::Mem word(x86::Mem at) { return at.setSize(4), at; }
    static x86::Mem long_word(x86::Mem at) { return at.setSize(8), at; }

    void store(const LinkedInsn& insn) {
        const x86::Mem to = x86::ptr(wide(insn.dst), insn.off);
        const bool x = BPF_CLASS(insn.code) == BPF_STX;
        if (BPF_MODE(insn.code) == BPF_ATOMIC) {
            // One thread runs the machine: a plain addition is atomic.
            BPF_SIZE(insn.code) == BPF_DW ? a_.add(to, wide(insn.src)) : a_.add(to, narrow(insn.src));
            return;
        }
        switch (BPF_SIZE(insn.code)) {
            case BPF_B:
                x ? a_.mov(to, gp(insn.src).r8()) : a_.mov(byte(to), asmjit::Imm(static_cast<uint8_t>(insn.value)));
                break;
            case BPF_H:
                x ? a_.mov(to, gp(insn.src).r16()) : a_.mov(half(to), asmjit::Imm(static_cast<uint16_t>(insn.value)));
                break;
            case BPF_W:
                x ? a_.mov(to, narrow(insn.src)) : a_.mov(word(to), asmjit::Imm(static_cast<int32_t>(insn.value)));
                break;
            default:
                x ? a_.mov(to, wide(insn.src)) : a_.mov(long_word(to), asmjit::Imm(static_cast<int32_t>(insn.value)));
                break;
        }
    }

    // r12's neighbours and a word that keeps the stack aligned: 7 pushes and the return address are 64 bytes.
    const Gp kept_[7] = {x86::rbx, x86::rbp, x86::r12, x86::r13, x86::r14, x86::r15, x86::r11};
    const std::vector<LinkedInsn>& code_;
    x86::Assembler a_;
    std::vector<Label> labels_;  // of the instructions that jumps lead to
    Label leave_;
};

// Keeps the first error instead of throwing or aborting.
class Errors final : public asmjit::ErrorHandler {
public:
    void handleError(asmjit::Error, const char* what, asmjit::BaseEmitter*) override {
        if (message.empty()) message = what;
    }
    std::string message;
};

// How a function that Compiler has made is left when a helper function throws, as for want of memory: without it the
// process would end there. The form is that of .eh_frame (DWARF 5, 6.4.1, and the x86-64 psABI's numbers of registers).
// All calls come behind the pushes of enter(), so that one rule holds for the whole function.
class UnwindTable {
public:
    UnwindTable() = default;
    UnwindTable(const UnwindTable&) = delete;
    UnwindTable& operator=(const UnwindTable&) = delete;
    ~UnwindTable() {
        if (!bytes_.empty()) __deregister_frame(bytes_.data());
    }

    void describe(const void* function, size_t size) {
        constexpr uint8_t rsp = 7, return_address = 16;
        constexpr uint8_t def_cfa = 0x0c, def_cfa_offset = 0x0e, offset = 0x80, eight_down = 0x78;
        // The common part: version 1, no augmentation, units of 1 and -8 bytes; at the entry the frame ends 8 bytes
        // above rsp, below it the return address.
        const size_t common = begin();
        put(uint32_t{0});
        for (const uint8_t byte : {uint8_t{1}, uint8_t{0}, uint8_t{1}, eight_down, return_address}) put(byte);
        for (const uint8_t byte : {def_cfa, rsp, uint8_t{8}, static_cast<uint8_t>(offset | return_address), uint8_t{1}})
            put(byte);
        end(common);
        const size_t of_function = begin();
        put(static_cast<uint32_t>(bytes_.size() - common));
        put(reinterpret_cast<uint64_t>(function));
        put(uint64_t{size});
        put(def_cfa_offset);
        put(uint8_t{64});
        // In the order of the pushes: rbx, rbp, r12 to r15.
        uint8_t place = 2;
        for (const uint8_t saved : std::initializer_list<uint8_t>{3, 6, 12, 13, 14, 15}) {
            put(static_cast<uint8_t>(offset | saved));
            put(place++);
        }
        end(of_function);
        put(uint32_t{0});
        __register_frame(bytes_.data());
    }

private:
    template <typename T>
    void put(T value) {
        const auto* from = reinterpret_cast<const uint8_t*>(&value);
        bytes_.insert(bytes_.end(), from, from + sizeof value);
    }
    size_t begin() {
        put(uint32_t{0});
        return bytes_.size() - sizeof(uint32_t);
    }
    void end(size_t at) {
        while (bytes_.size() % 8 != 0) put(uint8_t{0});  // DW_CFA_nop
        const auto length = static_cast<uint32_t>(bytes_.size() - at - sizeof(uint32_t));
        std::memcpy(&bytes_[at], &length, sizeof length);
    }

    std::vector<uint8_t> bytes_;
};

// JitRuntime maps the memory twice or changes its rights, so that no page is ever writable and executable at once.
class Compiled final : public Executable {
public:
    ~Compiled() override {
        if (entry_ != nullptr) runtime_.release(entry_);
    }

    Status compile(const std::vector<LinkedInsn>& code) {
        Errors errors;
        asmjit::CodeHolder holder;
        holder.init(runtime_.environment());
        holder.setErrorHandler(&errors);
        const asmjit::Error failed = Compiler(code, holder).run();
        if (failed != asmjit::kErrorOk || !errors.message.empty()) {
            return fail(fmt::format("just-in-time compiler: {}", errors.message), "use --engine interp");
        }
        if (runtime_.add(&entry_, &holder) != asmjit::kErrorOk) {
            entry_ = nullptr;
            return fail("the system grants no executable memory", "use --engine interp");
        }
        unwinding_.describe(reinterpret_cast<const void*>(entry_), holder.codeSize());
        return {};
    }

private:
    UnwindTable unwinding_;
    asmjit::JitRuntime runtime_{parameters()};

    static const asmjit::JitAllocator::CreateParams* parameters() {
        static const asmjit::JitAllocator::CreateParams two_mappings = [] {
            asmjit::JitAllocator::CreateParams made{};
            made.options = asmjit::JitAllocatorOptions::kUseDualMapping;
            made.blockSize = 64 * 1024;
            return made;
        }();
        return &two_mappings;
    }
};

}  // namespace

bool jit_available() { return true; }

Result<std::unique_ptr<Executable>> compile_code(const std::vector<LinkedInsn>& code) {
    auto compiled = std::make_unique<Compiled>();
    if (Status done = compiled->compile(code); !done) return done.error();
    return std::unique_ptr<Executable>(std::move(compiled));
}

}  // namespace probevue

#endif
