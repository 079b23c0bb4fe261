// Each form of the assembler for x86-64, against what LLVM's assembler makes of the same text (llvm-mc 14,
// `-triple=x86_64`, behind `.intel_syntax noprefix` but for jumps; what those lead to is given as a distance).
#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

#include "runtime/jit/assembler_x86_64.h"
#include "tests/unit/jit_forms.h"

namespace probevue::test {
namespace {

using namespace probevue::x86;

using R = Register;
constexpr Width narrow = Width::narrow, wide = Width::wide;

// clang-format off
#define FORM(text, bytes, ...) {text, bytes, [](Assembler& a) { a.__VA_ARGS__; }}
const std::vector<Form<Assembler>> forms{
    FORM("mov rax, r15", "4c 89 f8", move(wide, R::rax, R::r15)),
    FORM("mov r10d, ecx", "41 89 ca", move(narrow, R::r10, R::rcx)),
    FORM("xor r9d, r9d", "45 31 c9", move(R::r9, 0)),
    FORM("mov esi, 4294967295", "be ff ff ff ff", move(R::rsi, 0xffffffff)),
    FORM("mov r14, -2", "49 c7 c6 fe ff ff ff", move(R::r14, 0xfffffffffffffffe)),
    FORM("movabs rbx, 81985529216486895", "48 bb ef cd ab 89 67 45 23 01", move(R::rbx, 0x123456789abcdef)),
    FORM("movabs r8, 9223372036854775808", "49 b8 00 00 00 00 00 00 00 80", move(R::r8, 0x8000000000000000)),
    FORM("movsx eax, sil", "40 0f be c6", move_signed(narrow, R::rax, Size::byte, R::rsi)),
    FORM("movsx r9, bpl", "4c 0f be cd", move_signed(wide, R::r9, Size::byte, R::rbp)),
    FORM("movsx ecx, dl", "0f be ca", move_signed(narrow, R::rcx, Size::byte, R::rdx)),
    FORM("movsx rdx, r13w", "49 0f bf d5", move_signed(wide, R::rdx, Size::half, R::r13)),
    FORM("movsx r8d, cx", "44 0f bf c1", move_signed(narrow, R::r8, Size::half, R::rcx)),
    FORM("movsxd r15, esi", "4c 63 fe", move_signed(wide, R::r15, Size::word, R::rsi)),
    FORM("movzx r13d, r13w", "45 0f b7 ed", move_half(R::r13, R::r13)),
    FORM("add rax, r9", "4c 01 c8", operate(Operation::add, wide, R::rax, R::r9)),
    FORM("or r13d, ebp", "41 09 ed", operate(Operation::bit_or, narrow, R::r13, R::rbp)),
    FORM("and rsi, rdx", "48 21 d6", operate(Operation::bit_and, wide, R::rsi, R::rdx)),
    FORM("sub ecx, r8d", "44 29 c1", operate(Operation::sub, narrow, R::rcx, R::r8)),
    FORM("xor r14, r15", "4d 31 fe", operate(Operation::bit_xor, wide, R::r14, R::r15)),
    FORM("cmp rbx, rbp", "48 39 eb", operate(Operation::compare, wide, R::rbx, R::rbp)),
    FORM("add r9, 127", "49 83 c1 7f", operate(Operation::add, wide, R::r9, 127)),
    FORM("add r9d, 128", "41 81 c1 80 00 00 00", operate(Operation::add, narrow, R::r9, 128)),
    FORM("or rdx, -128", "48 83 ca 80", operate(Operation::bit_or, wide, R::rdx, -128)),
    FORM("and ebx, -129", "81 e3 7f ff ff ff", operate(Operation::bit_and, narrow, R::rbx, -129)),
    FORM("sub rbp, -2147483648", "48 81 ed 00 00 00 80", operate(Operation::sub, wide, R::rbp, INT32_MIN)),
    FORM("xor r8, 2147483647", "49 81 f0 ff ff ff 7f", operate(Operation::bit_xor, wide, R::r8, INT32_MAX)),
    FORM("cmp r15d, -1", "41 83 ff ff", operate(Operation::compare, narrow, R::r15, -1)),
    FORM("neg r13", "49 f7 dd", operate(Unary::neg, wide, R::r13)),
    FORM("neg edx", "f7 da", operate(Unary::neg, narrow, R::rdx)),
    FORM("div r11", "49 f7 f3", operate(Unary::div, wide, R::r11)),
    FORM("idiv r11d", "41 f7 fb", operate(Unary::idiv, narrow, R::r11)),
    FORM("test r9, rbp", "49 85 e9", test(wide, R::r9, R::rbp)),
    FORM("test ecx, r14d", "44 85 f1", test(narrow, R::rcx, R::r14)),
    FORM("test rbx, -5", "48 f7 c3 fb ff ff ff", test(wide, R::rbx, -5)),
    FORM("test r8d, 255", "41 f7 c0 ff 00 00 00", test(narrow, R::r8, 255)),
    FORM("imul rsi, r13", "49 0f af f5", multiply(wide, R::rsi, R::r13)),
    FORM("imul r9d, eax", "44 0f af c8", multiply(narrow, R::r9, R::rax)),
    FORM("imul r14, r14, 31", "4d 6b f6 1f", multiply(wide, R::r14, 31)),
    FORM("imul edx, edx, 1000003", "69 d2 43 42 0f 00", multiply(narrow, R::rdx, 1000003)),
    FORM("shl r10, cl", "49 d3 e2", shift_by_cl(Shift::left, wide, R::r10)),
    FORM("shr r10d, cl", "41 d3 ea", shift_by_cl(Shift::right, narrow, R::r10)),
    FORM("sar rbx, cl", "48 d3 fb", shift_by_cl(Shift::signed_right, wide, R::rbx)),
    FORM("shl rbp, 63", "48 c1 e5 3f", shift(Shift::left, wide, R::rbp, 63)),
    FORM("shr r9d, 31", "41 c1 e9 1f", shift(Shift::right, narrow, R::r9, 31)),
    FORM("sar rax, 7", "48 c1 f8 07", shift(Shift::signed_right, wide, R::rax, 7)),
    FORM("cdq", "99", extend_rax(narrow)),
    FORM("cqo", "48 99", extend_rax(wide)),
    FORM("bswap r14", "49 0f ce", swap_bytes(wide, R::r14)),
    FORM("bswap esi", "0f ce", swap_bytes(narrow, R::rsi)),
    FORM("rol r8w, 8", "66 41 c1 c0 08", swap_half(R::r8)),
    FORM("rol bx, 8", "66 c1 c3 08", swap_half(R::rbx)),
    FORM("movzx eax, byte ptr [rbx]", "0f b6 03", load(Size::byte, false, R::rax, R::rbx, 0)),
    FORM("movsx rsi, byte ptr [rbp]", "48 0f be 75 00", load(Size::byte, true, R::rsi, R::rbp, 0)),
    FORM("movzx r13d, word ptr [r13]", "45 0f b7 6d 00", load(Size::half, false, R::r13, R::r13, 0)),
    FORM("movsx rcx, word ptr [r12 - 128]", "49 0f bf 4c 24 80", load(Size::half, true, R::rcx, R::r12, -128)),
    FORM("mov edx, dword ptr [rsp + 127]", "8b 54 24 7f", load(Size::word, false, R::rdx, R::rsp, 127)),
    FORM("movsxd r8, dword ptr [r14 + 128]", "4d 63 86 80 00 00 00", load(Size::word, true, R::r8, R::r14, 128)),
    FORM("mov rbp, qword ptr [rbp - 32768]", "48 8b ad 00 80 ff ff", load(Size::quad, false, R::rbp, R::rbp, -32768)),
    FORM("mov byte ptr [rdx + 1], sil", "40 88 72 01", store(Size::byte, R::rdx, 1, R::rsi)),
    FORM("mov byte ptr [r15], al", "41 88 07", store(Size::byte, R::r15, 0, R::rax)),
    FORM("mov byte ptr [rbp - 8], r9b", "44 88 4d f8", store(Size::byte, R::rbp, -8, R::r9)),
    FORM("mov word ptr [rcx + 300], r13w", "66 44 89 a9 2c 01 00 00", store(Size::half, R::rcx, 300, R::r13)),
    FORM("mov dword ptr [r12], ebx", "41 89 1c 24", store(Size::word, R::r12, 0, R::rbx)),
    FORM("mov qword ptr [rbp - 512], r8", "4c 89 85 00 fe ff ff", store(Size::quad, R::rbp, -512, R::r8)),
    FORM("mov byte ptr [rsi], 255", "c6 06 ff", store(Size::byte, R::rsi, 0, 255)),
    FORM("mov word ptr [r9 + 2], 65535", "66 41 c7 41 02 ff ff", store(Size::half, R::r9, 2, 65535)),
    FORM("mov dword ptr [rbx - 4], 305419896", "c7 43 fc 78 56 34 12", store(Size::word, R::rbx, -4, 0x12345678)),
    FORM("mov qword ptr [rbp - 16], -1", "48 c7 45 f0 ff ff ff ff", store(Size::quad, R::rbp, -16, -1)),
    FORM("add qword ptr [rax + 8], r14", "4c 01 70 08", add_to(wide, R::rax, 8, R::r14)),
    FORM("add dword ptr [r13], ecx", "41 01 4d 00", add_to(narrow, R::r13, 0, R::rcx)),
    FORM("push r12", "41 54", push(R::r12)),
    FORM("push rbx", "53", push(R::rbx)),
    FORM("pop r15", "41 5f", pop(R::r15)),
    FORM("pop rbp", "5d", pop(R::rbp)),
    FORM("call rax", "ff d0", call(R::rax)),
    FORM("call r11", "41 ff d3", call(R::r11)),
    FORM("ret", "c3", leave()),
};
#undef FORM

// Behind each stand the bytes that it leads over, or back to.
struct Jump {
    const char* text;
    const char* bytes;
    Condition condition;
};
const std::vector<Jump> jumps{
    {"jb .+262", "0f 82 00 01 00 00", Condition::below},
    {"jae .+262", "0f 83 00 01 00 00", Condition::not_below},
    {"je .+262", "0f 84 00 01 00 00", Condition::equal},
    {"jne .+262", "0f 85 00 01 00 00", Condition::not_equal},
    {"jbe .+262", "0f 86 00 01 00 00", Condition::not_above},
    {"ja .+262", "0f 87 00 01 00 00", Condition::above},
    {"jl .+262", "0f 8c 00 01 00 00", Condition::less},
    {"jge .+262", "0f 8d 00 01 00 00", Condition::not_less},
    {"jle .+262", "0f 8e 00 01 00 00", Condition::not_greater},
    {"jg .+262", "0f 8f 00 01 00 00", Condition::greater},
};
// clang-format on

TEST_CASE("forms of x86-64") { check_forms(forms, Assembler()); }

TEST_CASE("jumps of x86-64") {
    for (const Jump& jump : jumps) {
        Assembler a;
        const Label to = a.new_label();
        a.jump_if(jump.condition, to);
        for (int i = 0; i < 256; ++i) a.leave();
        a.bind(to);
        REQUIRE(a.finish());
        INFO(jump.text);
        const std::vector<uint8_t> bytes = a.take_bytes();
        CHECK(hexadecimal(std::span(bytes).first(6)) == jump.bytes);
    }
    Assembler a;
    const Label back = a.new_label();
    a.bind(back);
    for (int i = 0; i < 256; ++i) a.leave();
    a.jump(back);
    REQUIRE(a.finish());
    const std::vector<uint8_t> bytes = a.take_bytes();
    CHECK(hexadecimal(std::span(bytes).subspan(256)) == "e9 fb fe ff ff");
}

}  // namespace
}  // namespace probevue::test
