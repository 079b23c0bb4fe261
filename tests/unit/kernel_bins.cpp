// The bins that programs of the kernel number are those of distributions.
#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "compiler/kernel/bins.h"
#include "compiler/lower/lower.h"
#include "runtime/values/distribution.h"
#include "tests/unit/engine_support.h"

namespace probevue::test {
namespace {

constexpr int64_t least = std::numeric_limits<int64_t>::min();
constexpr int64_t greatest = std::numeric_limits<int64_t>::max();

// The number that a program's instructions give to the bin of a value.
class Numbering {
public:
    explicit Numbering(EngineKind engine) : engine_(engine) {
        KernelCode code;
        const ir::Operand value = code.argument(0, 8);
        code.emit({.op = ir::Op::ret, .a = bin_number(code, value)});
        const Lowered lowered = lower(code.function(), {.sign_extending_moves = false, .max_frame = 512});
        REQUIRE(lowered.problem == "");
        code_ = lowered.code;
    }
    int64_t operator()(int64_t value) const {
        const std::optional<uint64_t> out = run_code(code_, engine_, &value);
        REQUIRE(out.has_value());
        return static_cast<int64_t>(*out);
    }
    const std::vector<bpf_insn>& code() const { return code_; }

private:
    EngineKind engine_;
    std::vector<bpf_insn> code_;
};

Distribution::Bin bin_of(int64_t value) {
    Room room(1'000'000);
    Distribution one;
    REQUIRE(one.add(value, room));
    return one.bins().front();
}

}  // namespace

TEST_CASE("a bin of a distribution has one number, and no other has it") {
    std::vector<int64_t> values{least, least + 1, greatest};
    for (int64_t v = -1'000; v <= 1'000; ++v) values.push_back(v);
    for (int shift = 6; shift < 63; ++shift) {
        for (int64_t part = 64; part < 128; part += 9) values.push_back(part << (shift - 6));
    }
    std::mt19937_64 random(11);
    for (int i = 0; i < 2'000; ++i) values.push_back(static_cast<int64_t>(random()) >> (random() % 64));
    const Numbering number(EngineKind::interpreter);
    std::map<int64_t, int64_t> numbers;  // by the least value of the bin
    std::set<int64_t> different;
    for (const int64_t value : values) {
        for (const int64_t either : {value, static_cast<int64_t>(uint64_t{0} - static_cast<uint64_t>(value))}) {
            CAPTURE(either);
            const Distribution::Bin bin = bin_of(either);
            const int64_t got = number(either);
            CHECK(number(bin.from) == got);
            CHECK(number(bin.to) == got);
            if (bin.to != greatest) CHECK(number(bin.to + 1) != got);
            if (numbers.emplace(bin.from, got).second) CHECK(different.insert(got).second);
            CHECK(numbers[bin.from] == got);
        }
    }
    CHECK(numbers.size() > 3'000);
}

TEST_CASE("the number of a bin is found without jumps, in every engine alike") {
    const Numbering interpreted(EngineKind::interpreter);
    for (const bpf_insn& insn : interpreted.code()) {
        const unsigned kind = BPF_CLASS(insn.code);
        if (kind == BPF_JMP || kind == BPF_JMP32) CHECK(BPF_OP(insn.code) == BPF_EXIT);
    }
    for (const EngineKind engine : engine_kinds()) {
        const Numbering number(engine);
        CHECK(number(0) == 0);
        CHECK(number(127) == 127);
        CHECK(number(128) == 128);
        CHECK(number(130) == 129);
        CHECK(number(255) == 191);
        CHECK(number(256) == 192);
        CHECK(number(-1) == -2);
        CHECK(number(greatest) == 56 * 64 + 127);
        CHECK(number(least) == ~int64_t{57 * 64 + 64});
    }
}

}  // namespace probevue::test
