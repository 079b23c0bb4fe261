// The lowering against a direct evaluation of the representation: random functions with more live values than there are
// registers.
#include "compiler/lower/lower.h"

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <vector>

#include "compiler/ir/ir.h"
#include "runtime/engine/engine.h"
#include "tests/unit/record_sink.h"

using namespace probevue;
using ir::Cond;
using ir::Inst;
using ir::Op;
using ir::Operand;

namespace {

// Keeps what clauses emit.
class PayloadSink final : public RecordSink {
public:
    void record(const RecordLayout& layout, const std::byte* payload, const RecordOrigin&) override {
        values.resize(layout.size / 8);
        std::memcpy(values.data(), payload, layout.size);
    }

    std::vector<uint64_t> values;
};

uint64_t extended(uint64_t value, int bytes, bool is_signed) {
    if (bytes == 8) return value;
    const int shift = 64 - bytes * 8;
    return is_signed ? static_cast<uint64_t>(static_cast<int64_t>(value << shift) >> shift) : value << shift >> shift;
}

bool holds(Cond cond, uint64_t a, uint64_t b) {
    const auto sa = static_cast<int64_t>(a);
    const auto sb = static_cast<int64_t>(b);
    switch (cond) {
        case Cond::eq:
            return a == b;
        case Cond::ne:
            return a != b;
        case Cond::ult:
            return a < b;
        case Cond::ule:
            return a <= b;
        case Cond::ugt:
            return a > b;
        case Cond::uge:
            return a >= b;
        case Cond::slt:
            return sa < sb;
        case Cond::sle:
            return sa <= sb;
        case Cond::sgt:
            return sa > sb;
        case Cond::sge:
            return sa >= sb;
    }
    return false;
}

uint64_t arithmetic(const Inst& inst, uint64_t a, uint64_t b) {
    if (inst.width == 4) {
        const auto a32 = static_cast<uint32_t>(a);
        const auto b32 = static_cast<uint32_t>(b);
        switch (inst.op) {
            case Op::add:
                return a32 + b32;
            case Op::sub:
                return a32 - b32;
            case Op::mul:
                return static_cast<uint32_t>(uint64_t{a32} * b32);
            case Op::shl:
                return a32 << (b32 & 31);
            case Op::lshr:
                return a32 >> (b32 & 31);
            case Op::ashr:
                return static_cast<uint32_t>(static_cast<int32_t>(a32) >> (b32 & 31));
            case Op::and_:
                return a32 & b32;
            case Op::or_:
                return a32 | b32;
            default:
                return a32 ^ b32;
        }
    }
    switch (inst.op) {
        case Op::add:
            return a + b;
        case Op::sub:
            return a - b;
        case Op::mul:
            return a * b;
        case Op::shl:
            return a << (b & 63);
        case Op::lshr:
            return a >> (b & 63);
        case Op::ashr:
            return static_cast<uint64_t>(static_cast<int64_t>(a) >> (b & 63));
        case Op::and_:
            return a & b;
        case Op::or_:
            return a | b;
        case Op::xor_:
            return a ^ b;
        case Op::udiv:
            return a / b;
        case Op::umod:
            return a % b;
        case Op::sdiv:
            return static_cast<uint64_t>(static_cast<int64_t>(a) / static_cast<int64_t>(b));
        default:
            return static_cast<uint64_t>(static_cast<int64_t>(a) % static_cast<int64_t>(b));
    }
}

// Evaluates what the generator below can make.
std::vector<uint64_t> evaluate(const ir::Function& function) {
    std::vector<uint64_t> regs(function.registers, 0);
    std::vector<uint64_t> frame(function.slots[0].size / 8, 0);
    const auto value = [&](const Operand& operand) {
        return operand.is_imm() ? static_cast<uint64_t>(operand.imm) : regs[operand.reg];
    };
    for (size_t i = 0; i < function.code.size(); ++i) {
        const Inst& inst = function.code[i];
        const auto skip_to = [&](ir::Label label) {
            while (function.code[i].op != Op::label || function.code[i].index != label) ++i;
        };
        switch (inst.op) {
            case Op::constant:
            case Op::move:
                regs[inst.dst] = value(inst.a);
                break;
            case Op::extend:
                regs[inst.dst] = extended(value(inst.a), inst.width, inst.is_signed);
                break;
            case Op::neg:
                regs[inst.dst] = 0 - value(inst.a);
                break;
            case Op::swap: {
                const uint64_t swapped = __builtin_bswap64(value(inst.a));
                regs[inst.dst] = swapped >> (64 - inst.width * 8);
                break;
            }
            case Op::compare:
                regs[inst.dst] = holds(inst.cond, value(inst.a), value(inst.b)) ? 1 : 0;
                break;
            case Op::frame:
            case Op::label:
                break;
            case Op::store:
                frame[static_cast<size_t>(inst.offset) / 8] = value(inst.b);
                break;
            case Op::load:
                regs[inst.dst] = extended(frame[static_cast<size_t>(inst.offset) / 8], inst.width, inst.is_signed);
                break;
            case Op::call:
                if (inst.dst != ir::no_reg) regs[inst.dst] = 0;
                break;
            case Op::branch:
                if (holds(inst.cond, value(inst.a), value(inst.b))) skip_to(inst.index);
                break;
            case Op::jump:
                skip_to(inst.index);
                break;
            case Op::ret:
                return frame;
            default:
                regs[inst.dst] = arithmetic(inst, value(inst.a), value(inst.b));
                break;
        }
    }
    return frame;
}

class Generator {
public:
    explicit Generator(uint32_t seed) : random_(seed) {}

    ir::Function make(size_t length, size_t fields) {
        function_.name = "random";
        function_.slots.push_back({static_cast<uint32_t>(fields * 8), "record0"});
        base_ = emit({.op = Op::frame, .index = 0});
        for (size_t i = 0; i < fields; ++i) store(i, Operand::of_imm(0));
        for (int i = 0; i < 4; ++i) live_.push_back(emit({.op = Op::constant, .a = Operand::of_imm(constant())}));
        for (size_t i = 0; i < length; ++i) step(fields, 0);
        for (size_t i = 0; i < fields; ++i) store(i, Operand::of(pick()));
        Inst call{.op = Op::call, .index = static_cast<uint32_t>(Helper::emit)};
        call.args = {Operand::of_imm(0), Operand::of(base_)};
        function_.code.push_back(call);
        function_.code.push_back({.op = Op::ret, .a = Operand::of_imm(1)});
        return function_;
    }

private:
    uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

    int64_t constant() {
        constexpr int64_t edges[] = {0, 1, -1, 255, 65535, INT32_MAX, INT32_MIN, 0xffffffff, INT64_MAX, INT64_MIN};
        return below(2) == 0 ? edges[below(10)] : static_cast<int64_t>(random_()) >> below(63);
    }

    ir::Reg emit(Inst inst) {
        inst.dst = function_.registers++;
        function_.code.push_back(inst);
        return inst.dst;
    }

    void store(size_t field, Operand value) {
        function_.code.push_back(
            {.op = Op::store, .a = Operand::of(base_), .b = value, .offset = static_cast<int32_t>(field * 8)});
    }

    ir::Reg pick() { return live_[below(static_cast<uint32_t>(live_.size()))]; }
    Operand operand() { return below(3) == 0 ? Operand::of_imm(constant()) : Operand::of(pick()); }

    void step(size_t fields, int depth) {
        constexpr uint8_t widths[] = {1, 2, 4, 8};
        switch (below(10)) {
            case 0:
                live_.push_back(emit({.op = Op::extend,
                                      .width = widths[below(3)],
                                      .is_signed = below(2) == 0,
                                      .a = Operand::of(pick())}));
                break;
            case 1:
                live_.push_back(
                    emit({.op = Op::compare, .cond = static_cast<Cond>(below(10)), .a = operand(), .b = operand()}));
                break;
            case 2:
                live_.push_back(emit({.op = Op::swap, .width = widths[1 + below(3)], .a = Operand::of(pick())}));
                break;
            case 3:
                store(below(static_cast<uint32_t>(fields)), operand());
                break;
            case 4:
                live_.push_back(emit({.op = Op::load,
                                      .width = widths[below(4)],
                                      .is_signed = below(2) == 0,
                                      .a = Operand::of(base_),
                                      .offset = static_cast<int32_t>(below(static_cast<uint32_t>(fields)) * 8)}));
                break;
            case 5: {  // a call in the middle: only what calls keep survives it
                Inst call{.op = Op::call, .index = static_cast<uint32_t>(Helper::group_start)};
                function_.code.push_back(call);
                break;
            }
            case 6:
                if (depth < 3) diamond(fields, depth);
                break;
            case 7: {
                constexpr Op divisions[] = {Op::udiv, Op::umod, Op::sdiv, Op::smod};
                const int64_t divisor = int64_t{2} + below(1000);
                live_.push_back(
                    emit({.op = divisions[below(4)], .a = Operand::of(pick()), .b = Operand::of_imm(divisor)}));
                break;
            }
            default: {
                constexpr Op ops[] = {Op::add,  Op::sub, Op::mul,  Op::and_, Op::or_,
                                      Op::xor_, Op::shl, Op::lshr, Op::ashr};
                Inst inst{.op = ops[below(9)], .width = below(2) == 0 ? uint8_t{4} : uint8_t{8}};
                inst.a = operand();
                inst.b = operand();
                live_.push_back(emit(inst));
            }
        }
    }

    // if/else that leave one value, as `?:` does.
    void diamond(size_t fields, int depth) {
        const ir::Label otherwise = function_.labels++;
        const ir::Label end = function_.labels++;
        const ir::Reg out = function_.registers++;
        function_.code.push_back({.op = Op::branch,
                                  .cond = static_cast<Cond>(below(10)),
                                  .a = operand(),
                                  .b = operand(),
                                  .index = otherwise});
        const size_t outside = live_.size();
        for (uint32_t i = below(6); i > 0; --i) step(fields, depth + 1);
        function_.code.push_back({.op = Op::move, .dst = out, .a = Operand::of(pick())});
        live_.resize(outside);
        function_.code.push_back({.op = Op::jump, .index = end});
        function_.code.push_back({.op = Op::label, .index = otherwise});
        for (uint32_t i = below(6); i > 0; --i) step(fields, depth + 1);
        function_.code.push_back({.op = Op::move, .dst = out, .a = Operand::of(pick())});
        live_.resize(outside);
        function_.code.push_back({.op = Op::label, .index = end});
        live_.push_back(out);
    }

    std::mt19937_64 random_;
    ir::Function function_;
    ir::Reg base_ = 0;
    std::vector<ir::Reg> live_;
};

Program program_of(const Lowered& lowered, size_t fields) {
    Program program;
    program.maps.resize(3);
    program.maps[0].kind = MapKind::globals;
    program.maps[1].kind = MapKind::rodata;
    program.maps[2].kind = MapKind::threads;
    for (MapDescription& map : program.maps) map.key_size = 8;
    RecordLayout record;
    record.size = static_cast<uint32_t>(fields * 8);
    program.records.push_back(record);
    ClauseCode clause;
    clause.code = lowered.code;
    clause.lines = lowered.lines;
    clause.frame_size = lowered.frame_size;
    program.clauses.push_back(clause);
    return program;
}

}  // namespace

TEST_CASE("random functions give the same values lowered as evaluated") {
    constexpr size_t fields = 6;
    for (uint32_t seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        const ir::Function function = Generator(seed).make(10 + seed % 120, fields);
        REQUIRE(ir::verify(function) == "");
        const std::vector<uint64_t> wanted = evaluate(function);
        for (const bool sign_extending : {true, false}) {
            const Lowered lowered = lower(function, {.sign_extending_moves = sign_extending});
            REQUIRE(lowered.problem == "");
            const Program program = program_of(lowered, fields);
            PayloadSink sink;
            auto engine = Engine::create(program, {}, sink);
            REQUIRE(engine.has_value());
            EngineContext context;
            CHECK((*engine)->run(0, context, {}));
            CHECK(sink.values == wanted);
        }
    }
}

TEST_CASE("the verifier refuses what is broken") {
    ir::Function function;
    function.registers = 2;
    function.labels = 1;
    SUBCASE("use before definition") {
        function.code.push_back({.op = Op::move, .dst = 0, .a = Operand::of(1)});
        function.code.push_back({.op = Op::ret, .a = Operand::of_imm(0)});
        CHECK(ir::verify(function).find("used before it is defined") != std::string::npos);
    }
    SUBCASE("defined on one path only") {
        function.code.push_back({.op = Op::constant, .dst = 0, .a = Operand::of_imm(1)});
        function.code.push_back(
            {.op = Op::branch, .cond = Cond::eq, .a = Operand::of(0), .b = Operand::of_imm(0), .index = 0});
        function.code.push_back({.op = Op::constant, .dst = 1, .a = Operand::of_imm(1)});
        function.code.push_back({.op = Op::label, .index = 0});
        function.code.push_back({.op = Op::ret, .a = Operand::of(1)});
        CHECK(ir::verify(function).find("used before it is defined") != std::string::npos);
    }
    SUBCASE("jump backwards") {
        function.code.push_back({.op = Op::label, .index = 0});
        function.code.push_back({.op = Op::jump, .index = 0});
        CHECK(ir::verify(function).find("backwards") != std::string::npos);
    }
    SUBCASE("missing label") {
        function.code.push_back({.op = Op::jump, .index = 0});
        CHECK(ir::verify(function).find("label 0 is missing") != std::string::npos);
    }
    SUBCASE("no return") {
        function.code.push_back({.op = Op::constant, .dst = 0, .a = Operand::of_imm(1)});
        CHECK(ir::verify(function).find("runs off its end") != std::string::npos);
    }
}
