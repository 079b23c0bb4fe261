// What shows variables to who does not see the script: which only grow, how keys are called, comments above them.
#include <doctest/doctest.h>

#include <string>

#include "tests/unit/sema_support.h"

using namespace probevue;

namespace {

const checked::AssociativeArray& array(const Checked& checked, std::string_view name) {
    for (const auto& one : checked.script.arrays) {
        if (one.name == name) return one;
    }
    FAIL("no array");
    return checked.script.arrays.front();
}

const checked::Variable& variable(const Checked& checked, std::string_view name) {
    for (const auto& one : checked.script.variables) {
        if (one.name == name) return one;
    }
    FAIL("no variable");
    return checked.script.variables.front();
}

constexpr const char* declarations =
    "int n, i; unsigned int u; long long l; double f; String s[8]; struct pair { int x; } p; probev_timestamp_t t;\n";

// Does `n`, or the array `a`, only grow in a script with this clause?
bool grows(const std::string& body, bool is_array = false) {
    const Checked checked(declarations + ("@@net:bpf:any:tcp:\"tcp\" { " + body + " }"));
    REQUIRE_MESSAGE(!checked.diagnostics.has_errors(), checked.all());
    return is_array ? array(checked, "a").facts.only_grows : variable(checked, "n").facts.only_grows;
}
bool array_grows(const std::string& body) { return grows(body, true); }

std::string keys(const std::string& body) {
    const Checked checked(declarations + ("@@net:bpf:any:tcp:\"tcp\" { " + body + " }"));
    REQUIRE_MESSAGE(!checked.diagnostics.has_errors(), checked.all());
    std::string out;
    for (const std::string& name : array(checked, "a").key_names) out += (out.empty() ? "" : " ") + (name + ";");
    return out;
}

}  // namespace

TEST_CASE("describe: what is only added to grows") {
    CHECK(grows("n++;"));
    CHECK(grows("++n; if (n > 5) i = n;"));
    CHECK(grows("n += 2;"));
    CHECK(grows("n += __pkt->len;"));
    CHECK(grows("n += (long long)__pkt->len * 8 + 1;"));
    CHECK(grows("n += u / 2 + u % 3;"));
    CHECK(grows("n += i > 2 ? __pkt->len : 0;"));
    CHECK(grows("n += i == 2;"));
    CHECK(array_grows("a[1]++;"));
    CHECK(array_grows("a[__pkt->src_addr] += __pkt->len; print(a);"));
    CHECK(grows("append(l1[n], 1); n++;"));
}

TEST_CASE("describe: what is assigned, taken from, erased or filled does not") {
    CHECK_FALSE(grows("n = 5;"));
    CHECK_FALSE(grows("n++; n = 0;"));
    CHECK_FALSE(grows("n++; n--;"));
    CHECK_FALSE(grows("n -= 1;"));
    CHECK_FALSE(grows("n *= 2;"));
    CHECK_FALSE(grows("n += i;"));
    CHECK_FALSE(grows("n += -1;"));
    CHECK_FALSE(grows("n += u - 1;"));
    CHECK_FALSE(grows("n += -(long long)u;"));
    CHECK_FALSE(grows("n += i > 2 ? __pkt->len : i;"));
    CHECK_FALSE(grows("n++; get_proc(1, PID, n);"));
    CHECK_FALSE(array_grows("a[1]++; clear(a);"));
    CHECK_FALSE(array_grows("a[1]++; delete(a, ANY);"));
    CHECK_FALSE(array_grows("a[1]++; a[2] = 4;"));
    CHECK_FALSE(array_grows("a[1] = get_probe();"));
}

TEST_CASE("describe: keys are called by the last word of what stands for them first") {
    CHECK(keys("a[__pkt->src_addr][__pkt->dst_port]++;") == "src_addr; dst_port;");
    CHECK(keys("a[1]++; a[__pkt->len / 100]++;") == "len;");
    CHECK(keys("a[i][s][p.x]++;") == "i; s; x;");
    CHECK(keys("a[5]++;") == ";");
    CHECK(keys("a[i + u]++;") == ";");
    CHECK(keys("a[get_probe()]++;") == "probe;");
    CHECK(keys("a[ip_ntop(__pkt->src_addr)]++;") == "src_addr;");
    CHECK(keys("a[__tcphdr->flags & TH_SYN ? __pkt->src_addr : __pkt->dst_addr]++;") == ";");
    CHECK(keys("if (exists(a, __pkt->dst_addr)) a[__pkt->src_addr]++;") == "dst_addr;");
}

TEST_CASE("describe: the comment above") {
    const Checked checked(
        "// resends by\n"
        "//   peer\n"
        "int n;\n"
        "/* a block of\n"
        " * two lines */\n"
        "long long m;\n"
        "int k; /* of k */\n"
        "int j;\n"
        "\n"
        "// too far away\n"
        "\n"
        "int i;\n"
        "@@net:bpf:any:tcp:\"tcp\" {\n"
        "    // what came\n"
        "    a[__pkt->src_addr]++;\n"
        "    /* sizes */\n"
        "    append(l[1], __pkt->len);\n"
        "    a[__pkt->src_addr]++;\n"
        "}");
    REQUIRE_MESSAGE(!checked.diagnostics.has_errors(), checked.all());
    CHECK(variable(checked, "n").facts.comment == "resends by peer");
    CHECK(variable(checked, "m").facts.comment == "a block of two lines");
    CHECK(variable(checked, "j").facts.comment.empty());
    CHECK(variable(checked, "i").facts.comment.empty());
    CHECK(array(checked, "a").facts.comment == "what came");
    CHECK(array(checked, "l").facts.comment == "sizes");
}
