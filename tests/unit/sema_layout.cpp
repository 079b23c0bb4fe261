// Layout of structures: the compiler of this test lays out the same declarations and is the oracle.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>

#include "tests/unit/sema_support.h"

using namespace probevue;

namespace {

// The declaration, to this compiler and to ours.
#define STRUCTURE(name, ...) \
    struct name __VA_ARGS__; \
    constexpr const char* name##_text = "struct " #name " " #__VA_ARGS__ ";";

STRUCTURE(plain, {
    char a;
    short b;
    char c;
    int d;
    char e;
    long f;
    char g;
})
STRUCTURE(pointers, {
    char a;
    void* p;
    struct pointers* next;
    char tail[3];
})
STRUCTURE(arrays, {
    char a[3];
    int b[2][3];
    short c[5];
    char d;
})
STRUCTURE(reals, {
    float f;
    char c;
    double d;
    float g[3];
})
STRUCTURE(nested, {
    char a;
    struct {
        char x;
        long y;
    } b;
    union {
        char m;
        int n;
    } c;
    char d;
})
STRUCTURE(hidden, {
    int a;
    union {
        short b;
        struct {
            char c;
            char d;
        };
    };
    char e;
})
STRUCTURE(bits_int, {
    unsigned int a : 3;
    unsigned int b : 5;
    unsigned int c : 30;
    unsigned int d : 1;
})
STRUCTURE(bits_mixed, {
    char x;
    unsigned int a : 4;
    unsigned short b : 9;
    unsigned long c : 33;
    char y;
    unsigned char d : 7;
})
STRUCTURE(bits_zero, {
    unsigned int a : 3;
    unsigned int : 0;
    unsigned int b : 3;
    char c;
    unsigned short : 5;
    unsigned char e : 2;
})
STRUCTURE(bits_nameless, {
    char a;
    unsigned int : 17;
    char b;
})
STRUCTURE(tcp_header, {
    unsigned short source;
    unsigned short dest;
    unsigned int seq;
    unsigned int ack;
    unsigned short res : 4, doff : 4, flags : 8;
    unsigned short window;
})

TypeRef structure(const Checked& checked) { return checked.variable("v").type; }

Checked lay_out(const char* text, const char* name) {
    return Checked(std::string(text) + " struct " + name + " v; @@BEGIN { }");
}

#define CHECK_SIZE(name)                                 \
    const Checked checked = lay_out(name##_text, #name); \
    REQUIRE(checked.all() == "");                        \
    const TypeRef type = structure(checked);             \
    CHECK(type->size == sizeof(struct name));            \
    CHECK(type->align == alignof(struct name))

#define CHECK_FIELD(name, member)                              \
    do {                                                       \
        const Field* field = type->find_field(#member);        \
        REQUIRE(field != nullptr);                             \
        CHECK(field->offset == offsetof(struct name, member)); \
        CHECK(field->type->size == sizeof(name::member));      \
    } while (false)

// Where the bits of a bit-field lie: set all of them and look.
#define CHECK_BITS(name, member)                                                                      \
    do {                                                                                              \
        const Field* field = type->find_field(#member);                                               \
        REQUIRE(field != nullptr);                                                                    \
        struct name value;                                                                            \
        std::memset(&value, 0, sizeof value);                                                         \
        --value.member; /* from 0: all ones */                                                        \
        uint64_t unit = 0;                                                                            \
        REQUIRE(field->offset + field->type->size <= sizeof value);                                   \
        std::memcpy(&unit, reinterpret_cast<const char*>(&value) + field->offset, field->type->size); \
        const uint64_t ones = field->bit_width == 64 ? ~0ull : (1ull << field->bit_width) - 1;        \
        CHECK(unit == ones << field->bit_offset);                                                     \
    } while (false)

}  // namespace

TEST_CASE("members are aligned as on x86-64") {
    CHECK_SIZE(plain);
    CHECK_FIELD(plain, a);
    CHECK_FIELD(plain, b);
    CHECK_FIELD(plain, c);
    CHECK_FIELD(plain, d);
    CHECK_FIELD(plain, e);
    CHECK_FIELD(plain, f);
    CHECK_FIELD(plain, g);
}

TEST_CASE("pointers, a structure that points to itself") {
    CHECK_SIZE(pointers);
    CHECK_FIELD(pointers, p);
    CHECK_FIELD(pointers, next);
    CHECK_FIELD(pointers, tail);
    CHECK(type->find_field("next")->type->element == type);
}

TEST_CASE("arrays") {
    CHECK_SIZE(arrays);
    CHECK_FIELD(arrays, b);
    CHECK_FIELD(arrays, c);
    CHECK_FIELD(arrays, d);
    CHECK(type->find_field("b")->type->name == "int[2][3]");
}

TEST_CASE("floating point") {
    CHECK_SIZE(reals);
    CHECK_FIELD(reals, c);
    CHECK_FIELD(reals, d);
    CHECK_FIELD(reals, g);
}

TEST_CASE("structures and unions inside") {
    CHECK_SIZE(nested);
    CHECK_FIELD(nested, b);
    CHECK_FIELD(nested, c);
    CHECK_FIELD(nested, d);
}

TEST_CASE("members of nameless structures and unions") {
    CHECK_SIZE(hidden);
    CHECK_FIELD(hidden, b);
    CHECK_FIELD(hidden, c);
    CHECK_FIELD(hidden, d);
    CHECK_FIELD(hidden, e);
}

TEST_CASE("bit-fields of one type") {
    CHECK_SIZE(bits_int);
    CHECK_BITS(bits_int, a);
    CHECK_BITS(bits_int, b);
    CHECK_BITS(bits_int, c);
    CHECK_BITS(bits_int, d);
}

TEST_CASE("bit-fields of several types") {
    CHECK_SIZE(bits_mixed);
    CHECK_BITS(bits_mixed, a);
    CHECK_BITS(bits_mixed, b);
    CHECK_BITS(bits_mixed, c);
    CHECK_BITS(bits_mixed, d);
    CHECK_FIELD(bits_mixed, y);
}

TEST_CASE("a bit-field of no width begins a new unit") {
    CHECK_SIZE(bits_zero);
    CHECK_BITS(bits_zero, a);
    CHECK_BITS(bits_zero, b);
    CHECK_BITS(bits_zero, e);
    CHECK_FIELD(bits_zero, c);
}

TEST_CASE("nameless bit-fields do not align the structure") {
    CHECK_SIZE(bits_nameless);
    CHECK_FIELD(bits_nameless, b);
}

TEST_CASE("bit-fields of a header") {
    CHECK_SIZE(tcp_header);
    CHECK_BITS(tcp_header, res);
    CHECK_BITS(tcp_header, doff);
    CHECK_BITS(tcp_header, flags);
    CHECK_FIELD(tcp_header, window);
}

TEST_CASE("unions, enumerations and typedefs") {
    const Checked checked(
        "typedef unsigned int u32; typedef u32 pair[2]; union u { char a; pair b; long c; }; enum e { A, B = 7, C };"
        "enum n { M = -1 }; union u v; enum e x; enum n y; @@BEGIN { z = sizeof(union u); w = C; }");
    CHECK(checked.all() == "");
    CHECK(checked.variable("v").type->size == 8);
    CHECK(checked.variable("v").type->find_field("b")->offset == 0);
    CHECK_FALSE(checked.variable("x").type->is_signed);  // as gcc: no enumerator is negative
    CHECK(checked.variable("y").type->is_signed);
    CHECK(checked.dumps("int:w int:8"));
}

TEST_CASE("net_info_t") {
    const Checked checked("net_info_t n; @@BEGIN { x = n.remote_port; }");
    CHECK(checked.all() == "");
    CHECK(checked.type("x") == "int");
    CHECK(checked.variable("n").type->find_field("remote_addr")->offset == 32);
    CHECK(checked.variable("n").type->size == 56);
}

TEST_CASE("bit-fields are promoted by their width") {
    const Checked checked(
        "struct s { unsigned int a : 5; unsigned int b : 32; }; struct s v;"
        "@@BEGIN { v.a = 1; v.b = 1; x = v.a + 1; y = v.b + 1; z = ~v.a; }");
    CHECK(checked.all() == "");
    CHECK(checked.type("x") == "int");
    CHECK(checked.type("y") == "unsigned int");
    CHECK(checked.type("z") == "int");
}
