// Each form of the assembler for arm64, against what LLVM's assembler makes of the same text (llvm-mc 14,
// `-triple=aarch64`; what branches lead to is given as a distance).
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "runtime/jit/assembler_arm64.h"
#include "tests/unit/jit_forms.h"

namespace probevue::test {
namespace {

using namespace probevue::arm64;

using R = Register;
using O = Operation;
using S = SmallOperation;
constexpr Width narrow = Width::narrow, wide = Width::wide;

// clang-format off
#define FORM(text, bytes, ...) {text, bytes, [](Assembler& a) { a.__VA_ARGS__; }}
const std::vector<Form<Assembler>> forms{
    FORM("mov x19, x0", "f3 03 00 aa", move(wide, R::x19, R::x0)),
    FORM("mov w5, w5", "e5 03 05 2a", move(narrow, R::x5, R::x5)),
    FORM("movz x3, #0", "03 00 80 d2", move(R::x3, 0)),
    FORM("movn x3, #0", "03 00 80 92", move(R::x3, 0xffffffffffffffff)),
    FORM("movz x9, #4660", "89 46 82 d2", move(R::x9, 0x1234)),
    FORM("movz x9, #4660, lsl #48", "89 46 e2 d2", move(R::x9, 0x1234000000000000)),
    FORM("movn x23, #1", "37 00 80 92", move(R::x23, 0xfffffffffffffffe)),
    FORM("movn x23, #43981, lsl #16", "b7 79 b5 92", move(R::x23, 0xffffffff5432ffff)),
    FORM("movz x1, #65535; movk x1, #65535, lsl #16", "e1 ff 9f d2 e1 ff bf f2", move(R::x1, 0xffffffff)),
    FORM("movn x2, #1; movk x2, #1, lsl #16", "22 00 80 92 22 00 a0 f2", move(R::x2, 0xffffffff0001fffe)),
    FORM("movz x4, #30875; movk x4, #17185, lsl #16; movk x4, #61389, lsl #32; movk x4, #21862, lsl #48", "64 13 8f d2 24 64 a8 f2 a4 f9 dd f2 c4 ac ea f2",
         move(R::x4, 0x5566efcd4321789b)),
    FORM("sxtb w0, w1", "20 1c 00 13", move_signed(narrow, R::x0, Size::byte, R::x1)),
    FORM("sxtb x20, w21", "b4 1e 40 93", move_signed(wide, R::x20, Size::byte, R::x21)),
    FORM("sxth w4, w23", "e4 3e 00 13", move_signed(narrow, R::x4, Size::half, R::x23)),
    FORM("sxth x2, w3", "62 3c 40 93", move_signed(wide, R::x2, Size::half, R::x3)),
    FORM("sxtw x19, w20", "93 7e 40 93", move_signed(wide, R::x19, Size::word, R::x20)),
    FORM("uxth w22, w5", "b6 3c 00 53", move_half(R::x22, R::x5)),
    FORM("add x0, x1, x2", "20 00 02 8b", operate(O::add, wide, R::x0, R::x1, R::x2)),
    FORM("sub w19, w20, w21", "93 02 15 4b", operate(O::sub, narrow, R::x19, R::x20, R::x21)),
    FORM("neg x3, x4", "e3 03 04 cb", operate(O::sub, wide, R::x3, R::zero, R::x4)),
    FORM("cmp x5, x22", "bf 00 16 eb", operate(O::sub_flags, wide, R::zero, R::x5, R::x22)),
    FORM("cmp w1, w2", "3f 00 02 6b", operate(O::sub_flags, narrow, R::zero, R::x1, R::x2)),
    FORM("and x3, x4, x9", "83 00 09 8a", operate(O::bit_and, wide, R::x3, R::x4, R::x9)),
    FORM("tst w3, w4", "7f 00 04 6a", operate(O::and_flags, narrow, R::zero, R::x3, R::x4)),
    FORM("orr w7, w8, w9", "07 01 09 2a", operate(O::bit_or, narrow, R::x7, R::x8, R::x9)),
    FORM("eor x23, x22, x21", "d7 02 15 ca", operate(O::bit_xor, wide, R::x23, R::x22, R::x21)),
    FORM("udiv x1, x2, x3", "41 08 c3 9a", operate(O::udiv, wide, R::x1, R::x2, R::x3)),
    FORM("udiv w10, w2, w9", "4a 08 c9 1a", operate(O::udiv, narrow, R::x10, R::x2, R::x9)),
    FORM("sdiv x4, x5, x19", "a4 0c d3 9a", operate(O::sdiv, wide, R::x4, R::x5, R::x19)),
    FORM("sdiv w4, w5, w19", "a4 0c d3 1a", operate(O::sdiv, narrow, R::x4, R::x5, R::x19)),
    FORM("lsl x0, x1, x2", "20 20 c2 9a", operate(O::shift_left, wide, R::x0, R::x1, R::x2)),
    FORM("lsr w3, w4, w5", "83 24 c5 1a", operate(O::shift_right, narrow, R::x3, R::x4, R::x5)),
    FORM("asr x19, x20, x21", "93 2a d5 9a", operate(O::shift_signed_right, wide, R::x19, R::x20, R::x21)),
    FORM("add x29, sp, #0", "fd 03 00 91", operate(S::add, wide, R::x29, R::sp, 0)),
    FORM("add w1, w2, #4095", "41 fc 3f 11", operate(S::add, narrow, R::x1, R::x2, 4095)),
    FORM("sub x3, x4, #17", "83 44 00 d1", operate(S::sub, wide, R::x3, R::x4, 17)),
    FORM("cmp x5, #4095", "bf fc 3f f1", operate(S::sub_flags, wide, R::zero, R::x5, 4095)),
    FORM("cmn w6, #1", "df 04 00 31", operate(S::add_flags, narrow, R::zero, R::x6, 1)),
    FORM("mul x1, x2, x3", "41 7c 03 9b", multiply(wide, R::x1, R::x2, R::x3)),
    FORM("mul w4, w5, w9", "a4 7c 09 1b", multiply(narrow, R::x4, R::x5, R::x9)),
    FORM("msub x0, x10, x2, x3", "40 8d 02 9b", multiply_subtract(wide, R::x0, R::x10, R::x2, R::x3)),
    FORM("msub w0, w10, w9, w0", "40 81 09 1b", multiply_subtract(narrow, R::x0, R::x10, R::x9, R::x0)),
    FORM("lsl x1, x2, #1", "41 f8 7f d3", shift(Shift::left, wide, R::x1, R::x2, 1)),
    FORM("lsl x1, x2, #63", "41 00 41 d3", shift(Shift::left, wide, R::x1, R::x2, 63)),
    FORM("lsl w1, w2, #31", "41 00 01 53", shift(Shift::left, narrow, R::x1, R::x2, 31)),
    FORM("ubfm w1, w2, #0, #31", "41 7c 00 53", shift(Shift::left, narrow, R::x1, R::x2, 0)),
    FORM("lsr x3, x4, #9", "83 fc 49 d3", shift(Shift::right, wide, R::x3, R::x4, 9)),
    FORM("lsr w3, w4, #31", "83 7c 1f 53", shift(Shift::right, narrow, R::x3, R::x4, 31)),
    FORM("asr x5, x19, #40", "65 fe 68 93", shift(Shift::signed_right, wide, R::x5, R::x19, 40)),
    FORM("asr w5, w19, #4", "65 7e 04 13", shift(Shift::signed_right, narrow, R::x5, R::x19, 4)),
    FORM("rev x1, x2", "41 0c c0 da", swap_bytes(wide, R::x1, R::x2)),
    FORM("rev w1, w2", "41 08 c0 5a", swap_bytes(narrow, R::x1, R::x2)),
    FORM("rev16 w1, w2", "41 04 c0 5a", swap_half_bytes(R::x1, R::x2)),
    FORM("ldrb w1, [x2]", "41 00 40 39", load(Size::byte, false, R::x1, R::x2, 0, R::x10)),
    FORM("ldrb w1, [x2, #4095]", "41 fc 7f 39", load(Size::byte, false, R::x1, R::x2, 4095, R::x10)),
    FORM("movz x10, #4096; ldrb w1, [x2, x10]", "0a 00 82 d2 41 68 6a 38", load(Size::byte, false, R::x1, R::x2, 4096, R::x10)),
    FORM("ldurb w1, [x2, #-1]", "41 f0 5f 38", load(Size::byte, false, R::x1, R::x2, -1, R::x10)),
    FORM("ldrsb x1, [x2, #3]", "41 0c 80 39", load(Size::byte, true, R::x1, R::x2, 3, R::x10)),
    FORM("ldrh w3, [x4, #8190]", "83 fc 7f 79", load(Size::half, false, R::x3, R::x4, 8190, R::x10)),
    FORM("ldursh x3, [x4, #-256]", "83 00 90 78", load(Size::half, true, R::x3, R::x4, -256, R::x10)),
    FORM("ldurh w3, [x4, #255]", "83 f0 4f 78", load(Size::half, false, R::x3, R::x4, 255, R::x10)),
    FORM("movz x10, #257; ldrsh x3, [x4, x10]", "2a 20 80 d2 83 68 aa 78", load(Size::half, true, R::x3, R::x4, 257, R::x10)),
    FORM("ldr w5, [x23, #16380]", "e5 fe 7f b9", load(Size::word, false, R::x5, R::x23, 16380, R::x10)),
    FORM("ldrsw x5, [x23, #4]", "e5 06 80 b9", load(Size::word, true, R::x5, R::x23, 4, R::x10)),
    FORM("ldursw x5, [x23, #-4]", "e5 c2 9f b8", load(Size::word, true, R::x5, R::x23, -4, R::x10)),
    FORM("movn x10, #256; ldrsw x5, [x23, x10]", "0a 20 80 92 e5 6a aa b8", load(Size::word, true, R::x5, R::x23, -257, R::x10)),
    FORM("ldr x0, [x1, #32760]", "20 fc 7f f9", load(Size::quad, false, R::x0, R::x1, 32760, R::x10)),
    FORM("ldur x0, [x1, #9]", "20 90 40 f8", load(Size::quad, false, R::x0, R::x1, 9, R::x10)),
    FORM("movn x10, #32767; ldr x0, [x1, x10]", "ea ff 8f 92 20 68 6a f8", load(Size::quad, false, R::x0, R::x1, -32768, R::x10)),
    FORM("strb w1, [x2, #7]", "41 1c 00 39", store(Size::byte, R::x2, 7, R::x1, R::x10)),
    FORM("strh wzr, [x2, #2]", "5f 04 00 79", store(Size::half, R::x2, 2, R::zero, R::x10)),
    FORM("stur w19, [x23, #-12]", "f3 42 1f b8", store(Size::word, R::x23, -12, R::x19, R::x10)),
    FORM("str x19, [x23, #16]", "f3 0a 00 f9", store(Size::quad, R::x23, 16, R::x19, R::x10)),
    FORM("movn x10, #511; str x19, [x23, x10]", "ea 3f 80 92 f3 6a 2a f8", store(Size::quad, R::x23, -512, R::x19, R::x10)),
    FORM("movz x10, #30001; strb w9, [x1, x10]", "2a a6 8e d2 29 68 2a 38", store(Size::byte, R::x1, 30001, R::x9, R::x10)),
    FORM("stp x29, x30, [sp, #-64]!", "fd 7b bc a9", push_pair(R::x29, R::x30, 64)),
    FORM("stp x19, x20, [sp, #16]", "f3 53 01 a9", store_pair(R::x19, R::x20, 16)),
    FORM("ldp x23, x24, [sp, #48]", "f7 63 43 a9", load_pair(R::x23, R::x24, 48)),
    FORM("ldp x29, x30, [sp], #64", "fd 7b c4 a8", pop_pair(R::x29, R::x30, 64)),
    FORM("blr x9", "20 01 3f d6", call(R::x9)),
    FORM("ret", "c0 03 5f d6", leave()),
};
#undef FORM

// Over one instruction; the far form leads there by way of a second one.
struct Jump {
    const char* text;
    const char* bytes;
    const char* far_text;
    const char* far_bytes;
    std::function<void(Assembler&, Label)> write;
};
#define JUMP(text, bytes, far_text, far_bytes, ...) {text, bytes, far_text, far_bytes, [](Assembler& a, Label to) { a.__VA_ARGS__; }}
const std::vector<Jump> jumps{
    JUMP("b #8", "02 00 00 14", "b #8", "02 00 00 14", jump(to)),
    JUMP("b.eq #8", "40 00 00 54", "b.ne #8; b #8", "41 00 00 54 02 00 00 14", jump_if(Condition::equal, to)),
    JUMP("b.ne #8", "41 00 00 54", "b.eq #8; b #8", "40 00 00 54 02 00 00 14", jump_if(Condition::not_equal, to)),
    JUMP("b.hs #8", "42 00 00 54", "b.lo #8; b #8", "43 00 00 54 02 00 00 14", jump_if(Condition::not_below, to)),
    JUMP("b.lo #8", "43 00 00 54", "b.hs #8; b #8", "42 00 00 54 02 00 00 14", jump_if(Condition::below, to)),
    JUMP("b.hi #8", "48 00 00 54", "b.ls #8; b #8", "49 00 00 54 02 00 00 14", jump_if(Condition::above, to)),
    JUMP("b.ls #8", "49 00 00 54", "b.hi #8; b #8", "48 00 00 54 02 00 00 14", jump_if(Condition::not_above, to)),
    JUMP("b.ge #8", "4a 00 00 54", "b.lt #8; b #8", "4b 00 00 54 02 00 00 14", jump_if(Condition::not_less, to)),
    JUMP("b.lt #8", "4b 00 00 54", "b.ge #8; b #8", "4a 00 00 54 02 00 00 14", jump_if(Condition::less, to)),
    JUMP("b.gt #8", "4c 00 00 54", "b.le #8; b #8", "4d 00 00 54 02 00 00 14", jump_if(Condition::greater, to)),
    JUMP("b.le #8", "4d 00 00 54", "b.gt #8; b #8", "4c 00 00 54 02 00 00 14", jump_if(Condition::not_greater, to)),
    JUMP("cbz x19, #8", "53 00 00 b4", "cbnz x19, #8; b #8", "53 00 00 b5 02 00 00 14", jump_if_zero(true, wide, R::x19, to)),
    JUMP("cbnz w0, #8", "40 00 00 35", "cbz w0, #8; b #8", "40 00 00 34 02 00 00 14", jump_if_zero(false, narrow, R::x0, to)),
};
#undef JUMP
// clang-format on

TEST_CASE("forms of arm64") { check_forms(forms, Assembler(false)); }

TEST_CASE("jumps of arm64") {
    for (const Jump& jump : jumps) {
        for (const bool is_far : {false, true}) {
            Assembler a(is_far);
            const Label to = a.new_label();
            jump.write(a, to);
            a.leave();
            a.bind(to);
            REQUIRE(a.finish());
            const std::vector<uint8_t> bytes = a.take_bytes();
            INFO(jump.text << (is_far ? ", far" : ""));
            CHECK(hexadecimal(std::span(bytes).first(bytes.size() - 4)) == (is_far ? jump.far_bytes : jump.bytes));
        }
    }
}

// Writes a branch over `bytes` of code, which stands before or behind it.
bool reaches(bool is_far, size_t bytes, bool backwards) {
    Assembler a(is_far);
    const Label to = a.new_label();
    if (backwards) a.bind(to);
    if (!backwards) a.jump_if(Condition::equal, to);
    for (size_t i = 0; i < bytes; i += 4) a.leave();
    if (backwards) a.jump_if(Condition::equal, to);
    if (!backwards) a.bind(to);
    return a.finish();
}

TEST_CASE("how far branches of arm64 reach") {
    constexpr size_t mebibyte = 1 << 20;
    CHECK(reaches(false, mebibyte - 8, false));
    CHECK_FALSE(reaches(false, mebibyte - 4, false));
    CHECK(reaches(false, mebibyte, true));
    CHECK_FALSE(reaches(false, mebibyte + 4, true));
    CHECK(reaches(true, mebibyte + 4, false));
    CHECK_FALSE(reaches(true, 128 * mebibyte - 4, false));
}

}  // namespace
}  // namespace probevue::test
