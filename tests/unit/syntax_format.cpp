// Text to text in the house style. What is expected was written down by hand, line by line.
#include <doctest/doctest.h>

#include <string>

#include "compiler/compile.h"

using namespace probevue;

namespace {

std::string formatted(std::string text) {
    const Formatted out = format_source({"s.e", std::move(text), {}, {}}, false);
    return out.text ? *out.text : out.messages;
}

struct Case {
    const char* what;
    const char* text;
    const char* expected;
};

constexpr Case cases[] = {
    {"nothing", "", ""},
    {"blanks alone", " \n\t\n", ""},
    {"a clause", "@@BEGIN{x=1;}", "@@BEGIN\n{\n    x = 1;\n}\n"},
    {"no contents", "@@BEGIN { }", "@@BEGIN\n{\n}\n"},
    {"predicate and several probes", "@@BEGIN , @@ END when(a&&b){}", "@@BEGIN, @@END\n    when (a && b)\n{\n}\n"},
    {"words of a tuple", "@@ net : bpf : en0 | en1 : tcp : \"port  80\" { }",
     "@@net:bpf:en0|en1:tcp:\"port  80\"\n{\n}\n"},
    {"archive members", "@@uft:1 : libc.a(shr.o) : * : entry { }", "@@uft:1:libc.a(shr.o):*:entry\n{\n}\n"},
    {"blank lines: one stays, clauses are apart", "int a;\n\n\n\nint b;\n@@BEGIN\n{\n\n  x;\n\n\n  y;\n\n}\n@@END { }",
     "int a;\n\nint b;\n\n@@BEGIN\n{\n    x;\n\n    y;\n}\n\n@@END\n{\n}\n"},
    {"unary and binary", "@@BEGIN { x=-a*- -b+ +c- --d&&!e||~f&&not g; }",
     "@@BEGIN\n{\n    x = -a * - -b + +c - --d && !e || ~f && not g;\n}\n"},
    {"pointers and addresses", "char * * p;\n@@BEGIN { x = * p & & y; *p=1; }",
     "char **p;\n\n@@BEGIN\n{\n    x = *p & &y;\n    *p = 1;\n}\n"},
    {"casts, calls, keys, members",
     "@@BEGIN { x = ( long long ) a [ 1 ] [ b ( c , d ) ] . e -> f ++ ; g ( ) ; y = sizeof ( int ) + sizeof x; }",
     "@@BEGIN\n{\n    x = (long long)a[1][b(c, d)].e->f++;\n    g();\n    y = sizeof(int) + sizeof x;\n}\n"},
    {"a member of a number", "@@BEGIN { x = 1 .y; }", "@@BEGIN\n{\n    x = 1 .y;\n}\n"},
    {"first use with a class", "@@BEGIN { thread:t0=1; }", "@@BEGIN\n{\n    thread:t0 = 1;\n}\n"},
    {"if and else", "@@BEGIN { if(a)b;else if(c){d;}else{e;} if (f) g; }",
     "@@BEGIN\n{\n    if (a)\n        b;\n    else if (c) {\n        d;\n    } else {\n        e;\n    }\n    if (f)\n"
     "        g;\n}\n"},
    {"if within if", "@@BEGIN { if (a) { if (b) c; } }",
     "@@BEGIN\n{\n    if (a) {\n        if (b)\n            c;\n    }\n}\n"},
    {"blocks", "@@BEGIN { { a; } }", "@@BEGIN\n{\n    {\n        a;\n    }\n}\n"},
    {"conditional", "@@BEGIN { x=a?b:c; }", "@@BEGIN\n{\n    x = a ? b : c;\n}\n"},
    {"structures", "struct s { int x:3; char * p [ 4 ]; struct { int y; } in; } ;\nstruct s v;",
     "struct s\n{\n    int x : 3;\n    char *p[4];\n    struct {\n        int y;\n    } in;\n};\n\nstruct s v;\n"},
    {"enumerations as they were", "enum { A=1,B };\nenum e {\nC,\nD = 2 };",
     "enum { A = 1, B };\nenum e {\n    C,\n    D = 2\n};\n"},
    {"prototypes", "int  read( int fd,char*buf , ... );\nint f( void (*g)( int ) ) ;",
     "int read(int fd, char *buf, ...);\nint f(void (*g)(int));\n"},
    {"attributes", "struct s { int x; } __attribute__ ( ( packed ) );\n__extension__ int  y;\nint z;",
     "struct s\n{\n    int x;\n} __attribute__((packed));\n\n__extension__ int y;\nint z;\n"},
    {"shell elements", "@@uft:$1:*:${F}:entry when (x==$2+$HOME) { y$3 = \"$4\"; }",
     "@@uft:$1:*:${F}:entry\n    when (x == $2 + $HOME)\n{\n    y$3 = \"$4\";\n}\n"},
    {"typographic quotes", "@@BEGIN { x = \xe2\x80\x9c\xc3\xa4\xe2\x80\x9d; }",
     "@@BEGIN\n{\n    x = \"\xc3\xa4\";\n}\n"},
    {"ends of lines", "int a;\r\n\r\n/* b\r\n * c\r\n */\r\nint d;  \r\n", "int a;\n\n/* b\n * c\n */\nint d;\n"},
    {"a byte order mark", "\xef\xbb\xbfint a;", "int a;\n"},
    {"a string over two lines", "@@BEGIN { x(\"a\\\n  b\", c); }", "@@BEGIN\n{\n    x(\"a\\\n  b\", c);\n}\n"},
};

constexpr Case with_comments[] = {
    {"on lines of their own", "// a\n   // b\n@@BEGIN { // c\n// d\nx; // e\n// f\n}\n// g",
     "// a\n// b\n@@BEGIN\n{  // c\n    // d\n    x;  // e\n    // f\n}\n// g\n"},
    {"below each other", "int a; // a\nint bcd; /* b */\n\nint e; // e\nint f;",
     "int a;    // a\nint bcd;  /* b */\n\nint e;  // e\nint f;\n"},
    {"within a line", "@@BEGIN { f(/* a */ 1, 2 /* b */); }", "@@BEGIN\n{\n    f(/* a */ 1, 2 /* b */);\n}\n"},
    {"to the end of a line that goes on", "@@BEGIN { f(1, // a\n2); }", "@@BEGIN\n{\n    f(1, // a\n      2);\n}\n"},
    {"before what a predicate begins", "@@BEGIN // a\nwhen (b) // c\n{ }",
     "@@BEGIN       // a\n    when (b)  // c\n{\n}\n"},
    {"before else", "@@BEGIN { if (a) { b; } // c\nelse { d; } }",
     "@@BEGIN\n{\n    if (a) {\n        b;\n    } // c\n    else {\n        d;\n    }\n}\n"},
    {"a clause keeps what is said above it", "int a;\n// b\n@@BEGIN { }", "int a;\n\n// b\n@@BEGIN\n{\n}\n"},
    {"lines move along", "@@BEGIN {\n  /* a\n       b\n   c */\n  x; }",
     "@@BEGIN\n{\n    /* a\n         b\n     c */\n    x;\n}\n"},
    {"lines with `#`", "#!/usr/bin/probevue\n@@BEGIN {\n   # a  \n x(\n#pragma pack(1)\n1); }\n# b",
     "#!/usr/bin/probevue\n@@BEGIN\n{\n# a\n    x(\n#pragma pack(1)\n      1);\n}\n# b\n"},
    {"a section of C++", "##C++\n  class x { };\n##Vue\n@@BEGIN { }", "##C++\nclass x { };\n##Vue\n@@BEGIN\n{\n}\n"},
};

std::string name(size_t length) { return std::string(length, 'n'); }

}  // namespace

TEST_CASE("the house style") {
    for (const Case& one : cases) {
        INFO(one.what);
        const std::string got = formatted(one.text);
        CHECK(got == one.expected);
        CHECK(formatted(got) == got);
    }
}

TEST_CASE("comments and lines with `#` stay where they belong") {
    for (const Case& one : with_comments) {
        INFO(one.what);
        const std::string got = formatted(one.text);
        CHECK(got == one.expected);
        CHECK(formatted(got) == got);
    }
}

TEST_CASE("lines are broken beyond 120 columns, outside before inside") {
    const auto clause = [](const std::string& line) { return "@@BEGIN\n{\n    " + line + "\n}\n"; };
    // 4 + 2 + 50 + 2 + 60 + 2 columns fit, one more does not.
    CHECK(formatted(clause("f(" + name(50) + ", " + name(60) + ");")) ==
          clause("f(" + name(50) + ", " + name(60) + ");"));
    CHECK(formatted(clause("f(" + name(50) + ", " + name(61) + ");")) ==
          clause("f(" + name(50) + ",\n      " + name(61) + ");"));
    // The inner call stays whole.
    CHECK(formatted(clause("f(" + name(50) + ", g(" + name(30) + ", " + name(40) + "));")) ==
          clause("f(" + name(50) + ",\n      g(" + name(30) + ", " + name(40) + "));"));
    CHECK(formatted(clause("if (" + name(60) + " == 1 && " + name(60) + " == 2)\n        x;")) ==
          clause("if (" + name(60) + " == 1 &&\n        " + name(60) + " == 2)\n        x;"));
    // A value moves to the next line when it is whole there.
    CHECK(formatted(clause(name(70) + " = " + name(20) + " + " + name(40) + ";")) ==
          clause(name(70) + " =\n        " + name(20) + " + " + name(40) + ";"));
    CHECK(formatted(clause(name(30) + " = " + name(70) + " + " + name(50) + ";")) ==
          clause(name(30) + " = " + name(70) + " +\n        " + name(50) + ";"));
    CHECK(formatted(clause("x = a ? " + name(60) + " : " + name(60) + ";")) ==
          clause("x = a ? " + name(60) + "\n          : " + name(60) + ";"));
    // Nowhere to break.
    CHECK(formatted(clause("x = " + name(200) + ";")) == clause("x = " + name(200) + ";"));
}

TEST_CASE("wide letters and other languages count by characters") {
    std::string text = "@@BEGIN\n{\n    f(\"";
    for (int i = 0; i < 100; ++i) text += "\xc3\xa4";
    text += "\", 1);\n}\n";
    CHECK(formatted(text) == text);
}

TEST_CASE("a script with errors is not touched") {
    const Formatted broken = format_source({"s.e", "@@BEGIN { x = ; }", {}, {}}, false);
    CHECK_FALSE(broken.text.has_value());
    CHECK(broken.messages.find("s.e:1:") == 0);
    // What only the checker knows is no obstacle.
    CHECK(formatted("@@BEGIN { no_such(1)+\"\"; }") == "@@BEGIN\n{\n    no_such(1) + \"\";\n}\n");
    CHECK_FALSE(format_source({"s.e", std::string("int a\0;", 7), {}, {}}, false).text.has_value());
}

TEST_CASE("types of headers") {
    const std::string script = "@@BEGIN { value_t * v; }";
    CHECK_FALSE(format_source({"s.e", "@@BEGIN { value_t v; }", {}, {}}, false).text.has_value());
    const Formatted known = format_source({"s.e", script, {{"h.h", "typedef int value_t;"}}, {}}, false);
    REQUIRE(known.text.has_value());
    CHECK(*known.text == "@@BEGIN\n{\n    value_t *v;\n}\n");
    CHECK_FALSE(format_source({"s.e", script, {{"h.h", "int ("}}, {}}, false).text.has_value());
}
