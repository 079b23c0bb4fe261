// What is known of a value before the script runs, against all values that small types have.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "compiler/sema/known.h"
#include "tests/unit/sema_support.h"

using namespace probevue;
using namespace probevue::sema;

namespace {

// The predicate of `when (...)`; `c` is an unsigned char, `s` a signed one.
struct Predicate {
    Checked checked;
    explicit Predicate(const std::string& text)
        : checked("unsigned char c; signed char s;\n@@BEGIN when (" + text + ") { exit(); }") {
        REQUIRE_MESSAGE(!checked.diagnostics.has_errors(), checked.all());
    }
    const probevue::checked::Expr& expr() const {
        for (const auto& clause : checked.script.clauses) {
            if (clause.predicate != nullptr) return *clause.predicate;
        }
        FAIL("no predicate");
        return *checked.script.clauses.front().predicate;
    }
};

// The value for one value of the variables, computed as C does.
int64_t value_of(const probevue::checked::Expr& expr, int c, int s, const probevue::checked::Script& script) {
    namespace k = probevue::checked;
    const auto wrapped = [&](int64_t value) {
        if (expr.type->size == 4)
            return expr.type->is_signed ? int64_t{static_cast<int32_t>(value)} : int64_t{static_cast<uint32_t>(value)};
        return expr.type->size == 1
                   ? (expr.type->is_signed ? int64_t{static_cast<int8_t>(value)} : int64_t{static_cast<uint8_t>(value)})
                   : value;
    };
    if (const auto* node = std::get_if<k::IntegerConstant>(&expr.node)) return node->value;
    if (const auto* node = std::get_if<k::VariableRef>(&expr.node))
        return script.variables[node->id].name == "c" ? c : s;
    if (const auto* node = std::get_if<k::Convert>(&expr.node)) return wrapped(value_of(*node->operand, c, s, script));
    if (const auto* node = std::get_if<k::Unary>(&expr.node)) {
        const int64_t operand = value_of(*node->operand, c, s, script);
        if (node->op == k::Unary::Op::logical_not) return operand == 0 ? 1 : 0;
        return wrapped(node->op == k::Unary::Op::negate ? -operand : ~operand);
    }
    if (const auto* node = std::get_if<k::Conditional>(&expr.node))
        return value_of(value_of(*node->condition, c, s, script) != 0 ? *node->then : *node->otherwise, c, s, script);
    if (const auto* node = std::get_if<k::Compare>(&expr.node)) {
        const int64_t a = value_of(*node->left, c, s, script);
        const int64_t b = value_of(*node->right, c, s, script);
        switch (node->op) {
            case k::CompareOp::lt:
                return a < b ? 1 : 0;
            case k::CompareOp::le:
                return a <= b ? 1 : 0;
            case k::CompareOp::gt:
                return a > b ? 1 : 0;
            case k::CompareOp::ge:
                return a >= b ? 1 : 0;
            case k::CompareOp::eq:
                return a == b ? 1 : 0;
            case k::CompareOp::ne:
                return a != b ? 1 : 0;
        }
    }
    const auto& node = std::get<k::Binary>(expr.node);
    const int64_t a = value_of(*node.left, c, s, script);
    const int64_t b = value_of(*node.right, c, s, script);
    switch (node.op) {
        case k::BinaryOp::mul:
            return wrapped(a * b);
        case k::BinaryOp::div:
            return b == 0 ? 0 : wrapped(a / b);
        case k::BinaryOp::mod:
            return b == 0 ? 0 : wrapped(a % b);
        case k::BinaryOp::add:
            return wrapped(a + b);
        case k::BinaryOp::sub:
            return wrapped(a - b);
        case k::BinaryOp::shl:
            return wrapped(static_cast<int64_t>(static_cast<uint64_t>(a) << (b & 31)));
        case k::BinaryOp::shr:
            return wrapped(a >> (b & 31));
        case k::BinaryOp::bit_and:
            return a & b;
        case k::BinaryOp::bit_xor:
            return a ^ b;
        case k::BinaryOp::bit_or:
            return a | b;
    }
    return 0;
}

}  // namespace

TEST_CASE("no value that an expression takes is left out of what is known of it") {
    std::vector<std::string> values;
    for (const char* inner :
         {"c", "s", "(c & 0x3c)", "(s & 0xf0)", "(c | 3)", "(c >> 2)", "(c % 5)", "-s", "~c", "(c + s)", "(c * 3)",
          "(unsigned int)s", "(s - 1)", "(c ^ 0x55)", "(unsigned char)(c << 4)", "!c"}) {
        values.emplace_back(inner);
        for (const char* outer : {"{} & 0x81", "{} | 0x10", "{} ^ 7", "{} << 3", "{} >> 3", "{} + 200", "{} - 100",
                                  "{} * 5", "{} / 3", "{} % 7", "-({})", "~({})", "(unsigned char){}",
                                  "(signed char){}", "{} & c", "{} | s", "{} << 28", "{} & -16", "(c ? {} : 5)"})
            values.push_back(fmt::format(fmt::runtime(outer), inner));
    }
    size_t wrong = 0;
    for (const std::string& text : values) {
        const Predicate predicate(text);
        const Known all = known(predicate.expr());
        for (int c = 0; c < 256; ++c) {
            for (int s = -128; s < 128; s += 3) {
                const int64_t value = value_of(predicate.expr(), c, s, predicate.checked.script);
                const auto bits = static_cast<uint64_t>(value);
                const bool held =
                    value >= all.least && value <= all.most && (bits & ~all.may) == 0 && (all.must & ~bits) == 0;
                if (!held && ++wrong < 5) MESSAGE(text << " with c = " << c << ", s = " << s << " is " << value);
            }
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("a comparison that is told to have one result has it for all values") {
    size_t told = 0;
    for (const char* op : {"<", "<=", ">", ">=", "==", "!="}) {
        for (const char* left :
             {"c", "s", "(c & 0x3c)", "(c | 3)", "(c >> 4)", "(s & 7)", "(unsigned int)s", "c + 1"}) {
            for (const char* right : {"0", "-1", "1", "3", "60", "63", "64", "127", "128", "255", "256", "300", "-129",
                                      "0x80000000", "0xffffff80", "0xffffffff"}) {
                const Predicate predicate(fmt::format("{} {} {}", left, op, right));
                const auto& compare = std::get<probevue::checked::Compare>(predicate.expr().node);
                const Outcome result = outcome(compare.op, known(*compare.left), known(*compare.right));
                bool seen[2] = {false, false};
                for (int c = 0; c < 256; ++c) {
                    for (int s = -128; s < 128; ++s)
                        seen[value_of(predicate.expr(), c, s, predicate.checked.script)] = true;
                }
                CAPTURE(fmt::format("{} {} {}", left, op, right));
                const bool warned = predicate.checked.all().find("this comparison is") != std::string::npos;
                CHECK(warned == (result != Outcome::open));
                if (result == Outcome::always) CHECK_FALSE(seen[0]);
                if (result == Outcome::never) CHECK_FALSE(seen[1]);
                if (result != Outcome::open) ++told;
                // Of a plain variable nothing is missed, unless negative numbers have become large ones.
                const bool plain = std::string_view(left) == "c" ||
                                   (std::string_view(left) == "s" && !std::string_view(right).starts_with("0x"));
                if (plain) CHECK((result == Outcome::open) == (seen[0] && seen[1]));
            }
        }
    }
    CHECK(told > 100);
}
