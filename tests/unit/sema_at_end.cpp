// What a script that prints nothing tells at its end.
#include <doctest/doctest.h>

#include <string>

#include "compiler/sema/at_end.h"
#include "tests/unit/sema_support.h"

namespace probevue {
namespace {

struct Told : Checked {
    std::string clause;

    explicit Told(const std::string& text, bool unprinted = false) : Checked(text) {
        REQUIRE_FALSE(diagnostics.has_errors());
        clause = end_clause(parsed, script, source, unprinted);
    }
};

TEST_CASE("variables, lists and arrays of a script that prints nothing, after the clauses that have no contents") {
    const Told told(
        "int clause_1; __list l; range_t r; __thread int t;\n"
        "@@net:bpf::tcp:\"port 80\" {}\n"
        "@@net:bpf:lo:udp:\"\", @@net:bpf:lo:tcp:\"\" when (__pkt->len > 9) {}\n"
        "@@interval:*:clock:100 {}\n"
        "@@BEGIN { __auto int hidden; hidden = 1; a[1] = hidden; }");
    CHECK(
        told.clause ==
        "\n@@END {"
        " printf(\"%lld  %s\\n\", clause_1_, \"@@net:bpf::tcp:\\\"port 80\\\"\");"
        " printf(\"%lld  %s\\n\", clause_2, \"@@net:bpf:lo:udp:\\\"\\\", @@net:bpf:lo:tcp:\\\"\\\"\");"
        " printf(\"clause_1 = %d\\n\", clause_1);"
        " printf(\"l = count=%lld sum=%lld avg=%lld min=%lld max=%lld\\n\", count(l), sum(l), avg(l), min(l), max(l));"
        " print(a); }\n");
}

TEST_CASE("a script that prints anything, wherever, or has nothing to tell, tells nothing") {
    for (const char* printing :
         {"printf(\"x\");", "if (n == 5) print(a);", "trace(n);", "top(a, 3);", "eprintf(\"x\");", "quantize(a);"}) {
        CAPTURE(printing);
        CHECK(
            Told("@@net:bpf:lo:tcp:\"\" {} @@BEGIN { n = 1; a[1] = n; " + std::string(printing) + " }").clause.empty());
    }
    CHECK(Told("@@BEGIN { exit(); }").clause.empty());
    CHECK(Told("@@BEGIN {} @@interval:*:clock:100 {} @@END {}").clause.empty());
}

TEST_CASE("what a script does not print is told where that is asked for") {
    const Told told(
        "int n; int printed; __list l; __list m; String s[8];\n"
        "@@BEGIN { a[1] = n; b[1] = 2; c[1] = 3; printf(\"%d %lld\\n\", printed + 1, sum(m)); print(b); s = \"n\"; }\n"
        "@@END { quantize(c); eprintf(\"%d\\n\", b[1]); }",
        true);
    CHECK(
        told.clause ==
        "\n@@END { printf(\"n = %d\\n\", n); printf(\"s = %s\\n\", s);"
        " printf(\"l = count=%lld sum=%lld avg=%lld min=%lld max=%lld\\n\", count(l), sum(l), avg(l), min(l), max(l));"
        " print(a); }\n");
    CHECK(Told("@@BEGIN { a[1] = 1; print(a); }", true).clause.empty());
}

TEST_CASE("a clause without contents counts, one with contents stays as it is") {
    Told told("@@net:bpf:lo:tcp:\"\" {} @@net:bpf:lo:tcp:\"\" { n = 1; } @@BEGIN {}");
    count_empty_clauses(told.parsed, told.script);
    const std::string tree = dump_ast(told.parsed);
    CHECK(tree.find("clause_1") != std::string::npos);
    CHECK(tree.find("clause_2") == std::string::npos);
}

}  // namespace
}  // namespace probevue
