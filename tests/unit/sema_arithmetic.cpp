// Types and values of integer expressions. The compiler of this test is the oracle: it applies the same rules of C.
#include <doctest/doctest.h>

#include <type_traits>

#include "compiler/sema/arithmetic.h"
#include "tests/unit/sema_support.h"

// The expressions are meant as they stand: what a compiler warns about is what is tested.
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wconversion"

using namespace probevue;
using namespace probevue::sema;

namespace {

template <typename T>
TypeRef type_of(const TypeTable& types) {
    if constexpr (std::is_same_v<T, bool>) {  // what C++ makes of comparisons; in C it is int
        return types.integer(4, true);
    } else if constexpr (std::is_same_v<T, long long> || std::is_same_v<T, unsigned long long>) {
        return types.long_long(std::is_signed_v<T>);
    } else {
        return types.integer(sizeof(T), std::is_signed_v<T>);
    }
}

template <typename... Ts>
struct Types {};
using All = Types<unsigned char, signed char, short, unsigned short, int, unsigned int, long, unsigned long, long long,
                  unsigned long long>;

template <typename A, typename B>
void check_pair(const TypeTable& types) {
    const TypeRef a = promoted(types, type_of<A>(types));
    const TypeRef b = promoted(types, type_of<B>(types));
    CHECK(common_type(types, a, b)->name == type_of<decltype(A{} + B{})>(types)->name);
}

template <typename A, typename... Bs>
void check_row(const TypeTable& types, Types<Bs...>) {
    CHECK(promoted(types, type_of<A>(types))->name == type_of<decltype(+A{})>(types)->name);
    (check_pair<A, Bs>(types), ...);
}

template <typename... As>
void check_all(const TypeTable& types, Types<As...> all) {
    (check_row<As>(types, all), ...);
}

template <typename T>
std::string name_in_vue() {
    return type_of<T>(TypeTable{})->name;
}

// Type and value of an expression, as the script has them and as C++ has them.
#define CHECK_EXPRESSION(...)                                                   \
    do {                                                                        \
        const Checked checked("@@BEGIN { x = " #__VA_ARGS__ "; }");             \
        CAPTURE(#__VA_ARGS__);                                                  \
        CHECK(checked.type("x") == name_in_vue<decltype(__VA_ARGS__)>());       \
        CHECK(assigned_constant(checked) == static_cast<int64_t>(__VA_ARGS__)); \
    } while (false)

std::optional<int64_t> assigned_constant(const Checked& checked) {
    if (checked.script.clauses.empty()) return std::nullopt;
    const auto& statement = checked.script.clauses.front().body.statements.front();
    const auto& expr = *std::get<checked::ExprStmt>(statement.node).expr;
    return constant_value(*std::get<checked::Assign>(expr.node).value);
}

}  // namespace

TEST_CASE("promotions and common types of every pair of integer types") {
    const TypeTable types;
    check_all(types, All{});
}

TEST_CASE("types of integer literals") {
    CHECK_EXPRESSION(0);
    CHECK_EXPRESSION(2147483647);
    CHECK_EXPRESSION(2147483648);
    CHECK_EXPRESSION(0x7fffffff);
    CHECK_EXPRESSION(0x80000000);
    CHECK_EXPRESSION(0xffffffff);
    CHECK_EXPRESSION(0x100000000);
    CHECK_EXPRESSION(0xffffffffffffffff);
    CHECK_EXPRESSION(017777777777);
    CHECK_EXPRESSION(9223372036854775807);
    CHECK_EXPRESSION(5u);
    CHECK_EXPRESSION(4294967296u);
    CHECK_EXPRESSION(5L);
    CHECK_EXPRESSION(5UL);
    CHECK_EXPRESSION(0x8000000000000000L);
    CHECK_EXPRESSION(5LL);
    CHECK_EXPRESSION(5ULL);
    CHECK_EXPRESSION(0xffffffffffffffffLL);
}

TEST_CASE("operators on integers") {
    CHECK_EXPRESSION(3u - 4);
    CHECK_EXPRESSION(-1 / 2u);
    CHECK_EXPRESSION(-7 / 2);
    CHECK_EXPRESSION(-7 % 3);
    CHECK_EXPRESSION(-7L % 3u);
    CHECK_EXPRESSION(1 - 2LL + 3u);
    CHECK_EXPRESSION(2147483647u + 1);
    CHECK_EXPRESSION(~0);
    CHECK_EXPRESSION(~0u);
    CHECK_EXPRESSION(-5u);
    CHECK_EXPRESSION(!5);
    CHECK_EXPRESSION(!0L);
    CHECK_EXPRESSION(1 << 30);
    CHECK_EXPRESSION(1u << 31);
    CHECK_EXPRESSION(1 << 3L);
    CHECK_EXPRESSION(1L << 40);
    CHECK_EXPRESSION(-16 >> 2);
    CHECK_EXPRESSION(0xfffffff0 >> 2);
    CHECK_EXPRESSION(-1 < 0u);
    CHECK_EXPRESSION(-1 > 0L);
    CHECK_EXPRESSION(-1L < 0u);
    CHECK_EXPRESSION(3 == 3u);
    CHECK_EXPRESSION(6 & 3 ^ 1 | 8);
    CHECK_EXPRESSION(1 && 0 || 2);
    CHECK_EXPRESSION(1 ? -1 : 2u);
    CHECK_EXPRESSION(0 ? 1 : 2L);
    CHECK_EXPRESSION((short)70000);
    CHECK_EXPRESSION((unsigned short)70000 + 1);
    CHECK_EXPRESSION((signed char)200);
    CHECK_EXPRESSION((unsigned char)300);
    CHECK_EXPRESSION((unsigned)-1);
    CHECK_EXPRESSION((long long)(unsigned)-1);
    CHECK_EXPRESSION((int)4294967295);
    CHECK_EXPRESSION(sizeof(int) - 5);
    CHECK_EXPRESSION(sizeof(long[3]));
}

TEST_CASE("plain char is unsigned") {
    const Checked checked("@@BEGIN { x = (char)200; y = (char)-1 > 0; }");
    CHECK(checked.all() == "");
    CHECK(checked.type("x") == "char");
    CHECK(assigned_constant(checked) == 200);
    CHECK(checked.dumps("(> int int:255 int:0)"));
}

TEST_CASE("a character literal is an int") { CHECK(Checked("@@BEGIN { x = 'a'; }").type("x") == "int"); }

TEST_CASE("division by zero is no constant") {
    CHECK(!assigned_constant(Checked("@@BEGIN { x = 1 / 0; }")).has_value());
    CHECK(!assigned_constant(Checked("@@BEGIN { x = 1 % 0; }")).has_value());
    CHECK(assigned_constant(Checked("@@BEGIN { x = (-9223372036854775807LL - 1) / -1; }")) == INT64_MIN);
}

TEST_CASE("compound assignment computes in the common type") {
    const Checked checked("unsigned short s; int i; @@BEGIN { s += 1; s += 1u; s += 1L; s <<= 2L; i -= 5u; }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("(+= in int unsigned short unsigned short:s int:1)"));
    CHECK(checked.dumps("(+= in unsigned int unsigned short unsigned short:s unsigned int:1)"));
    CHECK(checked.dumps("(+= in long unsigned short unsigned short:s long:1)"));
    CHECK(checked.dumps("(<<= in int unsigned short unsigned short:s long:2)"));
    CHECK(checked.dumps("(-= in unsigned int int int:i unsigned int:5)"));
}

TEST_CASE("comparison converts both sides to their common type") {
    const Checked checked(
        "unsigned short s; unsigned int u; int i; long l;"
        "@@BEGIN { if (s == -1) exit(); if (u < i) exit(); if (u < l) exit(); }");
    CHECK(checked.dumps("(== int (convert int unsigned short:s) int:-1)"));
    CHECK(checked.dumps("(< int unsigned int:u (convert unsigned int int:i))"));
    CHECK(checked.dumps("(< int (convert long unsigned int:u) long:l)"));
}
