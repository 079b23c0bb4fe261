// Text to tree: what is right.
#include <doctest/doctest.h>

#include "tests/unit/syntax_support.h"

using namespace probevue;

TEST_CASE("operators bind as in C") {
    CHECK(in_clause("a = b + c * d - e;") == "(= a (- (+ b (* c d)) e))");
    CHECK(in_clause("x = a | b ^ c & d == e < f << g;") == "(= x (| a (^ b (& c (== d (< e (<< f g)))))))");
    CHECK(in_clause("x = a || b && c || d;") == "(= x (|| (|| a (&& b c)) d))");
    CHECK(in_clause("a = b = c;") == "(= a (= b c))");
    CHECK(in_clause("x = a ? b : c ? d : e;") == "(= x (?: a b (?: c d e)))");
    CHECK(in_clause("x = -a * !b++;") == "(= x (* (- a) (! (post++ b))))");
    CHECK(in_clause("x <<= 2; ") == "(<<= x 2)");
    CHECK(in_clause("x = a and b or not c;") == "(= x (|| (&& a b) (! c)))");
    CHECK(in_clause("x = *p->q.r[1];") == "(= x (deref (index (. (-> p q) r) 1)))");
    CHECK(in_clause("x = &y;") == "(= x (address y))");
    CHECK(in_clause("--x;") == "(pre-- x)");
}

TEST_CASE("casts and sizeof") {
    CHECK(in_clause("x = (char *) y;") == "(= x (cast (declare (type char) (*-)) y))");
    CHECK(in_clause("x = (probev_timestamp_t) -y;") == "(= x (cast (declare (type probev_timestamp_t) (-)) (- y)))");
    CHECK(in_clause("x = (y) - 1;") == "(= x (- y 1))");
    CHECK(in_clause("x = (unsigned long long) a * b;") ==
          "(= x (* (cast (declare (type unsigned long long) (-)) a) b))");
    CHECK(in_clause("x = sizeof(struct s) + sizeof x;") == "(= x (+ (sizeof (declare (struct s) (-))) (sizeof x)))");
    const Parsed header_type("@@BEGIN { x = (u_t) *p; }", {"u_t"});
    CHECK(header_type.dump().find("(cast (declare (type u_t) (-)) (deref p))") != std::string::npos);
}

TEST_CASE("a typedef counts from its semicolon on") {
    const Parsed parsed(
        "typedef unsigned int u; typedef struct { int a; } s_t, *sp; typedef int (*fn)(int, char *);\n"
        "u v; @@BEGIN { x = (u) -1; y = (sp) &z; w = (fn) +1; }");
    CHECK(parsed.error().empty());
    CHECK(parsed.dump().find("(= x (cast (declare (type u) (-)) (- 1)))") != std::string::npos);
    CHECK(parsed.dump().find("(= y (cast (declare (type sp) (-)) (address z)))") != std::string::npos);
    CHECK(parsed.dump().find("(function-pointer (declare (type int) (-)) (declare (type char) (*-)))") !=
          std::string::npos);
}

TEST_CASE("literals") {
    CHECK(in_clause("x = 0x1fUL + 017 + 42ll + 0;") == "(= x (+ (+ (+ 0x1fUL 0xf) 42LL) 0))");
    CHECK(in_clause("v[2.5][.5f][1e3] = 'a';") ==
          "(= (index (index (index v (double 2.5)) (float 0.5)) (double 1000)) (char 97))");
    CHECK(in_clause(R"(s = "a\tb\x41\101\\\"";)") == R"x((= s "a\tbAA\\\""))x");
    CHECK(in_clause("s = \"a\\\nb\";") == "(= s \"ab\")");
    CHECK(in_clause("x = '\\'' + '\\0';") == "(= x (+ (char 39) (char 0)))");
    CHECK(in_clause("x = 18446744073709551615;") == "(= x 18446744073709551615)");
    CHECK(in_clause("x = 99999999999999999999;") ==
          "error: 1:15 number `99999999999999999999` does not fit into 64 bits");
    CHECK(in_clause("x = 089;").starts_with("error: 1:15 digit `8` in the octal number"));
    CHECK(in_clause("x = 12abc;") == "error: 1:15 malformed number `12abc`");
    CHECK(in_clause("x = 'ab';") == "error: 1:15 a character literal holds one character of one byte");
    CHECK(in_clause("s = \"\\x\";") == "error: 1:16 `\\x` without hexadecimal digits");
}

TEST_CASE("classes of variables") {
    CHECK(in_clause("thread:t0 = auto:a + global:g + kernel:k + __k:lbolt;") ==
          "(= thread:t0 (+ (+ (+ auto:a global:g) kernel:k) kernel:lbolt))");
    CHECK(in_clause("x = a ? thread : b;") == "(= x (?: a thread b))");
    CHECK(in_clause("__auto v;") == "(declare :auto (type) (v))");
    CHECK(in_clause("__auto v = 1, w;") == "(declare :auto (type) (v = 1) (w))");
    CHECK(in_clause("__auto String f[128];") == "(declare :auto (type String) (f [128]))");
    CHECK(in_clause("__kernel long long lbolt;") == "(declare :kernel (type long long) (lbolt))");
    CHECK(in_clause("ip_addr_t i2 = __ip4hdr->src_addr;") ==
          "(declare (type ip_addr_t) (i2 = (-> __ip4hdr src_addr)))");
    CHECK(in_clause("const static int x;") == "(declare :ignored const :ignored static (type int) (x))");
}

TEST_CASE("declarations at the top") {
    const Parsed parsed(
        "int read(int fd, char *buf, unsigned long n);\n"
        "read2(int fd, ...);\n"
        "void none(void);\n"
        "__list usec; range_t a, b; __global int foo, *bar;\n"
        "struct s { int x : 3, : 2; unsigned thread:1; union { char c[6]; struct s *next; } u; };\n"
        "enum e { A, B = 5, C, };\n");
    CHECK(parsed.error().empty());
    CHECK(parsed.dump() ==
          "(declare (type int) (read (function (declare (type int) (fd)) (declare (type char) (*buf)) (declare (type "
          "unsigned long) (n)))))\n"
          "(declare (type) (read2 (function (declare (type int) (fd)) ...)))\n"
          "(declare (type void) (none (function)))\n"
          "(declare (type __list) (usec))\n"
          "(declare (type range_t) (a) (b))\n"
          "(declare :global (type int) (foo) (*bar))\n"
          "(declare (struct s body\n"
          "  (declare (type int) (x :bits 3) (- :bits 2))\n"
          "  (declare (type unsigned) (thread :bits 1))\n"
          "  (declare (union body\n"
          "    (declare (type char) (c [6]))\n"
          "    (declare (struct s) (*next))) (u))))\n"
          "(declare (enum e body (A) (B 5) (C)))\n");
}

TEST_CASE("probe specifications of every manager") {
    const auto probe = [](const std::string& text) {
        const Parsed parsed(text + " { }");
        if (!parsed.errors().empty()) return "error: " + parsed.error();
        const std::string dump = parsed.dump();
        return dump.substr(10, dump.size() - 12);
    };
    CHECK(probe("@@BEGIN") == "(probe BEGIN)");
    CHECK(probe("@@END // done\n") == "(probe END)");
    CHECK(probe("@@uft:4711:*:foo:entry") == "(probe uft 4711 * foo entry)");
    CHECK(probe("@@uft : /usr/bin/test:* :foo:entry") == "(probe uft /usr/bin/test * foo entry)");
    CHECK(probe("@@uft:\"/bin/a b\":libc.a(shr.o):\"/^read.*\\.x{2}/\":exit") ==
          "(probe uft \"/bin/a b\" libc.a(shr.o) \"/^read.*\\\\.x{2}/\" exit)");
    CHECK(probe("@@uft:'./t':*:/^re(ad|cv)$/:entry") == "(probe uft \"./t\" * /^re(ad|cv)$/ entry)");
    CHECK(probe("@@uftxlc++:12:*:\"Foo::bar(int, char*)\":entry") ==
          "(probe uftxlc++ 12 * \"Foo::bar(int, char*)\" entry)");
    CHECK(probe("@@uftjava:12:*:Package.Class.method:entry") == "(probe uftjava 12 * Package.Class.method entry)");
    CHECK(probe("@@syscallx:*:*:entry") == "(probe syscallx * * entry)");
    CHECK(probe("@@interval:*:clock:1000:10|12-20") == "(probe interval * clock 1000 10|12-20)");
    CHECK(probe("@@systrace:*:38F") == "(probe systrace * 38F)");
    CHECK(probe("@@sysproc:sendsig:*") == "(probe sysproc sendsig *)");
    CHECK(probe("@@io:disk:entry:read:hdisk0 | hdisk1") == "(probe io disk entry read hdisk0|hdisk1)");
    CHECK(probe("@@net:bpf:en0|en1:tcp:\"port \\\"23\\\" or proto \\tcp\"") ==
          "(probe net bpf en0|en1 tcp \"port \\\"23\\\" or proto \\\\tcp\")");
    CHECK(probe("@@net:tcp:retransmit,\n  @@net:udp:sock_recv_buf_overflow") ==
          "(probe net tcp retransmit)\n  (probe net udp sock_recv_buf_overflow)");
}

TEST_CASE("the span of a quoted field is inside the quotes") {
    const Parsed parsed("@@net:bpf:en0:tcp:\"port 23\" { }");
    const auto& clause = std::get<ast::Clause>(parsed.script.items.at(0));
    const ast::TupleField& filter = clause.tuples.at(0).fields.at(4);
    CHECK(filter.quoted);
    CHECK(filter.text == "port 23");
    CHECK(parsed.source.text().substr(filter.span.begin, filter.span.end - filter.span.begin) == "port 23");
}

TEST_CASE("predicates and statements") {
    const Parsed parsed(
        "@@net:tcp:state_change\nwhen(thread:x == 1 and not y)\n{ if (a) { b = 1; } else if (c) return; else ; }");
    CHECK(parsed.error().empty());
    CHECK(parsed.dump() ==
          "(clause\n"
          "  (probe net tcp state_change)\n"
          "  (when (&& (== thread:x 1) (! y)))\n"
          "  (if a\n"
          "    (block\n"
          "      (= b 1))\n"
          "   else\n"
          "    (if c\n"
          "      (return)\n"
          "     else\n"
          "      (empty))))\n");
}

TEST_CASE("preprocessed headers") {
    Diagnostics diagnostics;
    const Source source = Source::prepare(
        "h.i",
        "# 1 \"x.h\" 1\n"
        "typedef __builtin_va_list va_list;\n"
        "typedef unsigned long size_t;\n"
        "extern int printf (const char *__restrict __format, ...) __attribute__ ((format (printf, 1, 2)));\n"
        "static inline int twice(int x) { return x * 2; }\n"
        "extern __inline__ __attribute__((always_inline)) void f(size_t n, char *const argv[], int (*cmp)(const void "
        "*, const void *));\n"
        "struct __attribute__((packed)) h { unsigned char a; size_t b[2 + 1]; } __attribute__((aligned(8)));\n"
        "_Static_assert(sizeof(int) == 4, \"int\");\n"
        "typedef unsigned long size_t;\n"
        "extern char **environ; signed char c; __extension__ typedef long long ll; volatile union u *p;\n"
        "int (*handlers[4])(int); enum { X = 1 << 3, Y };\n",
        {}, diagnostics);
    const std::vector<ast::Declaration> declarations = parse_header(source, diagnostics);
    CHECK(render(diagnostics, source, {}) == "");
    REQUIRE(declarations.size() == 13);
    CHECK(declarations[0].is_typedef);
    CHECK(declarations[0].type.name == "__builtin_va_list");
    CHECK(declarations[2].declarators.at(0).variadic);
    CHECK(declarations[3].declarators.at(0).is_function);
    CHECK(declarations[4].declarators.at(0).parameters.at(2).declarators.at(0).is_function_pointer);
    CHECK(declarations[5].type.members.size() == 2);
    CHECK(declarations[7].declarators.at(0).pointers == 2);
    CHECK(declarations[11].declarators.at(0).dimensions.size() == 1);
}

TEST_CASE("dump of the words") {
    Diagnostics diagnostics;
    const Source source = Source::prepare("t.e", "@@net:tcp:x when (a) { String s; }", {}, diagnostics);
    CHECK(dump_tokens(source, diagnostics) ==
          "1:1\tAt\t@@\n1:3\tTupleWord\tnet\n1:6\tColon\t:\n1:7\tTupleWord\ttcp\n1:10\tColon\t:\n1:11\tTupleWord\tx\n"
          "1:13\tWhen\twhen\n1:18\tLeftParen\t(\n1:19\tIdentifier\ta\n1:20\tRightParen\t)\n1:22\tLeftBrace\t{\n"
          "1:24\tTypeName\tString\n1:31\tIdentifier\ts\n1:32\tSemicolon\t;\n1:34\tRightBrace\t}\n");
}
