// What clauses read at the moment of the event: found in their representation, on every way through it.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "compiler/hooks/reads.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Inst;
using ir::Op;
using ir::Operand;

// A clause written by hand.
struct Clause {
    ir::Function function;

    ir::Reg reg() { return function.registers++; }
    ir::Label label() { return function.labels++; }
    ir::Reg add(Inst inst) {
        inst.dst = reg();
        function.code.push_back(inst);
        return inst.dst;
    }
    ir::Reg field(EventField field) { return add({.op = Op::event_field, .index = static_cast<uint32_t>(field)}); }
    ir::Reg slot(uint32_t size) {
        function.slots.push_back({size, "slot"});
        return add({.op = Op::frame, .index = static_cast<uint32_t>(function.slots.size() - 1)});
    }
    void call(Helper helper, std::vector<Operand> args) {
        function.code.push_back({.op = Op::call, .args = std::move(args), .index = static_cast<uint32_t>(helper)});
    }
    ClauseReads reads() const { return find_reads(function, {}); }
};

Operand imm(int64_t value) { return Operand::of_imm(value); }

}  // namespace

TEST_CASE("a copy from an argument, and from the pointer that was copied") {
    Clause clause;
    const ir::Reg first = clause.field(EventField::arg1);
    const ir::Reg to = clause.slot(8);
    clause.call(Helper::user_copy, {Operand::of(to), Operand::of(first), imm(8)});
    const ir::Reg pointer = clause.add({.op = Op::load, .a = Operand::of(to)});
    const ir::Reg member = clause.add({.op = Op::add, .a = Operand::of(pointer), .b = imm(16)});
    const ir::Reg second = clause.slot(8);
    clause.call(Helper::user_copy, {Operand::of(second), Operand::of(member), imm(4)});
    const ClauseReads found = clause.reads();
    REQUIRE(found.reads.size() == 2);
    CHECK(found.reads[0].most == 8);
    CHECK(found.values[found.reads[0].key].field == EventField::arg1);
    const PureValue& sum = found.values[found.reads[1].key];
    CHECK(sum.op == Op::add);
    CHECK(found.values[sum.a].kind == PureValue::Kind::word);
    CHECK(found.values[sum.a].read == 0);
}

TEST_CASE("a slot that is written to afterwards no longer leads anywhere") {
    Clause clause;
    const ir::Reg to = clause.slot(8);
    clause.call(Helper::user_copy, {Operand::of(to), Operand::of(clause.field(EventField::arg1)), imm(8)});
    clause.function.code.push_back({.op = Op::store, .a = Operand::of(to), .b = imm(0)});
    const ir::Reg pointer = clause.add({.op = Op::load, .a = Operand::of(to)});
    clause.call(Helper::user_copy, {Operand::of(to), Operand::of(pointer), imm(8)});
    CHECK(clause.reads().reads.size() == 1);
}

TEST_CASE("ways that join: the same value is known, different ones are not, a bounded size is a limit") {
    Clause clause;
    const ir::Reg size = clause.field(EventField::arg2);
    const ir::Reg address = clause.field(EventField::arg1);
    const ir::Reg same = clause.reg();
    const ir::Reg other = clause.reg();
    const ir::Reg bounded = clause.reg();
    const auto set = [&](ir::Reg reg, Operand from) {
        clause.function.code.push_back({.op = from.is_imm() ? Op::constant : Op::move, .dst = reg, .a = from});
    };
    const ir::Label fits = clause.label();
    set(same, Operand::of(address));
    set(other, Operand::of(address));
    set(bounded, Operand::of(size));
    clause.function.code.push_back(
        {.op = Op::branch, .cond = Cond::ule, .a = Operand::of(bounded), .b = imm(40), .index = fits});
    set(other, Operand::of(size));
    set(bounded, imm(40));
    clause.function.code.push_back({.op = Op::label, .index = fits});
    const ir::Reg to = clause.slot(40);
    clause.call(Helper::user_copy, {Operand::of(to), Operand::of(same), Operand::of(bounded)});
    clause.call(Helper::user_copy, {Operand::of(to), Operand::of(other), imm(8)});
    const ClauseReads found = clause.reads();
    REQUIRE(found.reads.size() == 1);
    CHECK(found.reads[0].most == 40);
    CHECK(found.values[found.reads[0].size].kind == PureValue::Kind::at_most);
}

TEST_CASE("what depends on a variable is left to the clause, what cannot be reached is not read") {
    Clause clause;
    const ir::Reg address = clause.field(EventField::arg1);
    const ir::Reg variable = clause.add({.op = Op::memory, .index = 0});
    const ir::Reg kept = clause.add({.op = Op::load, .a = Operand::of(variable)});
    const ir::Reg to = clause.slot(8);
    clause.call(Helper::user_copy, {Operand::of(to), Operand::of(kept), imm(8)});
    clause.call(Helper::user_string, {Operand::of(to), imm(8), Operand::of(kept), imm(-1)});
    clause.call(Helper::fd_number, {Operand::of(kept), imm(0)});
    clause.function.code.push_back({.op = Op::ret, .a = imm(1)});
    clause.call(Helper::user_copy, {Operand::of(to), Operand::of(address), imm(8)});
    CHECK(clause.reads().reads.empty());
}

TEST_CASE("texts, descriptors and stacks") {
    Clause clause;
    const ir::Reg address = clause.field(EventField::arg1);
    const ir::Reg to = clause.slot(64);
    clause.call(Helper::user_string, {Operand::of(to), imm(64), Operand::of(address), imm(-1)});
    clause.call(Helper::user_string, {Operand::of(to), imm(64), Operand::of(address), imm(10)});
    clause.call(Helper::user_string, {Operand::of(to), imm(64), Operand::of(address), imm(-1)});  // as the first
    clause.call(Helper::socket_info, {Operand::of(address), Operand::of(to)});
    clause.call(Helper::get_stack, {imm(5)});
    const ClauseReads found = clause.reads();
    REQUIRE(found.reads.size() == 5);
    CHECK(found.reads[0].most == 64);
    CHECK(found.reads[1].most == 10);
    CHECK(found.reads[2].kind == CapturedKind::descriptor);
    CHECK(found.reads[3].kind == CapturedKind::kernel_stack);
    CHECK(found.reads[4].most == 40);
}

}  // namespace probevue
