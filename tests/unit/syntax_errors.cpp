// Text to messages: what is wrong. Each line of the table is a clause's content, or a whole script when it begins with
// `^`.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/syntax_support.h"

using namespace probevue;

namespace {

struct Case {
    const char* text;
    const char* error;  // without the place
    const char* hint = nullptr;
};

constexpr Case cases[] = {
    {"k = i _ z;", "expected `;` after `i`"},
    {"foo = ;", "expected an expression after `=`"},
    {"printf(\"%d\", x;", "expected `)` after `x`"},
    {"a[1 = 2;", "expected `]` after `2`"},
    {"x = a ? b;", "expected `:` after `b`"},
    {"else x;", "`else` without `if`", "a body of several statements stands in braces"},
    {"if (a) x; elif (b) y;", "expected `;` after `)`"},
    {"for (i = 0; i < 10; i++) x++;", "Vue has no loops, so that a probe always ends"},
    {"for (int i = 0;;) { }", "Vue has no loops, so that a probe always ends"},
    {"while (1) ;", "Vue has no loops, so that a probe always ends"},
    {"do x++; while (x < 3);", "Vue has no loops, so that a probe always ends"},
    {"switch (x) { case 1: break; default: x; }", "Vue has no `switch`", "write `if` and `else if`"},
    {"break;", "Vue has no `break`", "`return;` ends the action block"},
    {"goto x;", "Vue has no `goto`"},
    {"continue;", "Vue has no `continue`"},
    {"return 5;", "`return` takes no value: an action block has none", "write `return;`"},
    {"x = 1, y = 2;", "the comma operator is not supported", "write two statements"},
    {"a[1, 2] = 3;", "the comma operator is not supported", "each key has brackets of its own: `a[x][y]`"},
    {"a[] = 3;", "no key between `[` and `]`"},
    {"s = \"a\" \"b\";", "strings behind each other are not joined", "join them with `+`"},
    {"x = 10.1.2.3;", "address `10.1.2.3` is not in quotes", "write \"10.1.2.3\""},
    {"x = \"abc;", "string is not closed"},
    {"x = 'a;", "character literal is not closed"},
    {"x = y\";", "quote `\"` without a partner"},
    {"x = 1 # 2;", "unexpected character `#`"},
    {"x = \xc3\xa4;", "unexpected character `\xc3\xa4`"},
    {"x = (uint_x) y;", "expected `;` after `)`", "`uint_x` is not a type"},
    {"x = (uint_x)(y);", "`(uint_x)` is no type to cast to"},
    {"a.b(1);", "`a.b` is no function"},
    {"Strin s;", "unknown type `Strin`", "did you mean `String`?"},
    {"__auto foo_x y;", "unknown type `foo_x`"},
    {"int x[2] = {1, 2};", "initial values in braces are not supported"},
    {"__auto __global int x;", "second class `__global` of a declaration"},
    {"/* x", "comment is not closed"},
    {"^@@BEGIN { if (x) { }", "`{` is not closed"},
    {"^@@BEGIN { x = 1; @@END { }", "`{` is not closed, the next probe begins inside it"},
    {"^@@BEGIN { } }", "unexpected `}`: no `{` is open"},
    {"^x = 5;", "statement outside a clause", "put it into `@@BEGIN { ... }`"},
    {"^print(a);", "statement outside a clause"},
    {"^int f(int a) { return a; }", "functions cannot be defined in Vue", "a prototype ends with `;`"},
    {"^int x\n@@BEGIN { }", "expected `;` after `x`"},
    {"^@@interval:*:clock:100 (x) { }", "expected `when` or `{` behind the probe, found `(`",
     "a predicate is written `when (...)`"},
    {"^@@END\n printf(\"a\");\n}", "expected `when` or `{` behind the probe, found `printf`"},
    {"^@@net:bpf:e0:tcp:port 23 { }", "unexpected `23` behind `port` in a probe specification",
     "a field with blanks stands in double quotes; another probe follows behind `,`"},
    {"^@@net:bpf:e0:tcp:\"port 23 { }", "string is not closed"},
    {"^@@ { }", "no probe type behind `@@`"},
    {"^@@BEGIN", "expected `when` or `{` behind the probe, found the end of the script"},
    {"^@@a:b:c, { }", "expected a probe (`@@...`) after `,`"},
    {"^@@a:b:c when x == 1 { }", "expected `(` after `when`"},
    {"^)", "unexpected `)`"},
};

std::string script_of(const char* text) {
    return *text == '^' ? std::string(text + 1) : "@@BEGIN {\n" + std::string(text) + "\n}\n";
}

std::string repeat(std::string_view text, size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += text;
    return out;
}

// A small generator, the same everywhere.
struct Random {
    uint64_t state;
    uint32_t next() {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<uint32_t>(state >> 33);
    }
};

constexpr std::string_view sample =
    "int read(int fd, char *b);\n__list l; struct s { int a : 3; char c[4]; };\n@@net:bpf:en0|en1:tcp:\"port 23\", "
    "@@BEGIN\n"
    "when (thread:x == 0x1f && !y)\n{ __auto v; v = (char *) p->q[\"k\"] ? 1 : 'c'; if (a) f(1, 2.5); else { return; } "
    "/* x */ }\n";

}  // namespace

TEST_CASE("messages") {
    for (const Case& one : cases) {
        CAPTURE(std::string(one.text));
        const Parsed parsed(script_of(one.text));
        REQUIRE(!parsed.errors().empty());
        CHECK(parsed.error().substr(parsed.error().find(' ') + 1) == one.error);
        if (one.hint != nullptr) CHECK(parsed.hint() == one.hint);
    }
}

TEST_CASE("one mistake gives one message") {
    for (const Case& one : cases) {
        CAPTURE(std::string(one.text));
        CHECK(Parsed(script_of(one.text)).errors().size() == 1);
    }
}

TEST_CASE("places: the token that does not fit, or the end of the line where something is missing") {
    CHECK(Parsed("@@BEGIN {\n  k = i _ z;\n}").error() == "2:9 expected `;` after `i`");
    CHECK(Parsed("@@BEGIN {\n  x = 1\n  y = 2;\n}").error() == "2:8 expected `;` after `1`");
    CHECK(Parsed("@@BEGIN {\n  x = \"a\n}").error() == "2:7 string is not closed");
    CHECK(Parsed("@@BEGIN {\n").error() == "1:9 `{` is not closed");
}

TEST_CASE("every mistake is reported, and what is right is kept") {
    const Parsed parsed("@@BEGIN { x = ;\n y = 1;\n z = (2;\n while (1) { }\n}\n@@END { print(a) }\n@@END { ok(); }");
    CHECK(parsed.errors() ==
          std::vector<std::string>{"1:15 expected an expression after `=`", "3:8 expected `)` after `2`",
                                   "4:2 Vue has no loops, so that a probe always ends", "6:18 expected `;` after `)`"});
    CHECK(parsed.dump().find("(= y 1)") != std::string::npos);
    CHECK(parsed.dump().find("(call ok)") != std::string::npos);
}

TEST_CASE("the page with misprints") {
    const Parsed parsed(
        "@@net:tcp:state_change\n"
        "when(__proto_info->local_addr ==\xe2\x80\x9d"
        "10.10.10.1\xe2\x80\x9d and __proto_info->remote_addr == 10.10.10.2\xe2\x80\x9d\n"
        "\tand __proto_info->local_port =\xe2\x80\x9d"
        "8000\xe2\x80\x9d)\n"
        "{\n\tprintf(\xe2\x80\x9c%d\\n\xe2\x80\x9d,__prev_state);\n}\n");
    // The quote behind the address belongs to the same mistake.
    CHECK(parsed.errors() == std::vector<std::string>{"2:79 address `10.10.10.2` is not in quotes"});
    CHECK(parsed.dump().find("(call printf \"%d\\n\" __prev_state)") != std::string::npos);
}

TEST_CASE("caps are one clear message each") {
    const auto only = [](const std::string& content) {
        const Parsed parsed("@@BEGIN { " + content + " }");
        return parsed.errors().size() == 1 ? parsed.error().substr(parsed.error().find(' ') + 1)
                                           : std::to_string(parsed.errors().size());
    };
    CHECK(only("x = " + repeat("(", 10000) + "1" + repeat(")", 10000) + ";") ==
          "more than 256 brackets inside each other");
    CHECK(only("x = " + repeat("!", 10000) + "1;") == "more than 1000 operators in one statement");
    CHECK(only("x = " + repeat("a+", 50000) + "a;") == "more than 1000 operators in one statement");
    CHECK(only("x = " + repeat("(int)", 5000) + "a;") == "more than 1000 operators in one statement");
    CHECK(only("x = " + repeat("a+", 100000) + "a;") == "script has more than 200000 words");
    CHECK(only(repeat("if (a) x; else ", 5000) + "x;") == "more than 256 `if` and `else` in one chain");
    CHECK(only(repeat("if (a) ", 5000) + "x;") == "more than 256 `if` and `else` in one chain");
    CHECK(only(repeat("{", 5000) + repeat("}", 5000)) == "more than 256 brackets inside each other");
    CHECK(only(repeat("a", 65536) + " = 1;").ends_with("...` is too long: 65536 characters"));
    const Parsed tuple("@@uft:1:*:" + repeat("x", 1100) + ":entry { }");
    CHECK(tuple.errors() == std::vector<std::string>{"1:1 probe specification is longer than 1023 characters"});
}

TEST_CASE("what is within the caps works") {
    const auto fine = [](const std::string& content) { return Parsed("@@BEGIN { " + content + " }").errors().empty(); };
    CHECK(fine("x = " + repeat("(", 250) + "1" + repeat(")", 250) + ";"));
    CHECK(fine("x = " + repeat("-", 990) + "1;"));
    CHECK(fine("x = " + repeat("a+", 990) + "a;"));
    CHECK(fine(repeat("if (a == 1 && b.c) x; else ", 250) + "x;"));
    CHECK(fine(repeat("x = 1; if (a) { y(); }\n", 1000)));
    CHECK(fine(repeat("a", 1023) + " = 1;"));
    CHECK(Parsed("enum { " + repeat("A = 1, ", 3000) + "};").errors().empty());
}

TEST_CASE("the end of the text anywhere") {
    for (size_t size = 0; size <= sample.size(); ++size) {
        const Parsed parsed{std::string(sample.substr(0, size))};
        CHECK(parsed.errors().size() <= 5);
    }
    CHECK(Parsed{std::string(sample)}.errors().empty());
}

TEST_CASE("bad input neither crashes nor hangs") {
    Random random{42};
    std::string bytes(1024 * 1024, '\0');
    for (char& c : bytes) c = static_cast<char>(random.next() & 0xff);
    CHECK(Parsed(bytes).errors().size() <= 50);
    for (char& c : bytes) c = c == '\0' ? '\1' : c;
    CHECK(Parsed(bytes).errors().size() <= 60);
    for (char& c : bytes) c = static_cast<char>(32 + random.next() % 95);
    CHECK(Parsed(bytes).errors().size() <= 60);
    for (const char* text :
         {"{", "@@", "\"", "__attribute__(", "struct {", "{}();,=x1 ", "x y z ) ( ; } {\n", "when", "'", "/*"}) {
        CAPTURE(text);
        CHECK(Parsed(repeat(text, 900000 / std::string_view(text).size())).errors().size() <= 60);
    }
}

TEST_CASE("mutations of a script") {
    Random random{7};
    static constexpr std::string_view words[] = {
        "(",  ")", "{",  "}",    ";",       ",",       "@@",      "when", "if", "else",
        "\"", "'", "*",  "int ", "struct ", "=",       "[",       "]",    ":",  "typedef ",
        "x",  "1", "/*", "\n",   "__auto ", "String ", "return ", "->",   "?"};
    for (int round = 0; round < 3000; ++round) {
        std::string text(sample);
        for (uint32_t edits = 1 + random.next() % 4; edits > 0; --edits) {
            const size_t at = random.next() % text.size();
            if (random.next() % 2 == 0) text.erase(at, 1 + random.next() % 5);
            text.insert(std::min(at, text.size()), words[random.next() % std::size(words)]);
        }
        const Parsed parsed(text);
        CHECK(parsed.errors().size() <= 60);
        CHECK(render(parsed.diagnostics, parsed.source, {}).size() < 100000);
        dump_ast(parsed.script);
    }
}
