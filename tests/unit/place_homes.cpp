// Where clauses run, and why.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "tests/unit/fake_kernel.h"

namespace probevue {
namespace {

Compiled compiled_at(const std::string& text, HomeChoice home, const KernelFacts* kernel) {
    CompileInput input;
    input.name = "test.e";
    input.text = text;
    CompileOptions options;
    options.kernel = kernel;
    options.home = home;
    return compile(std::move(input), options);
}

Program placed(const std::string& text) {
    const FakeKernel kernel;
    Compiled out = compiled_at(text, HomeChoice::automatic, &kernel);
    INFO(out.messages);
    REQUIRE(out.program.has_value());
    return std::move(*out.program);
}

// Of the only clause on events: empty when it runs in the kernel, else why not.
std::string why(const std::string& text) {
    const Program program = placed(text);
    for (const ClauseCode& clause : program.clauses) {
        if (clause.probes.front().kind != ProbeKind::tcp_state) continue;
        return clause.home == Home::kernel ? std::string() : clause.home_reason;
    }
    return "no such clause";
}

std::string on_state(const std::string& body) { return "@@net:tcp:state_change { " + body + " }\n"; }

const MapDescription& array(const Program& program, const std::string& name) {
    for (const MapDescription& map : program.maps) {
        if (map.kind == MapKind::array && map.layout.name == name) return map;
    }
    FAIL("no array ", name);
    return program.maps.front();
}

}  // namespace

TEST_CASE("what the kernel can do runs there") {
    CHECK(why(on_state("a[__cur_state]++;")).empty());
    CHECK(why(on_state("a[__pname][__proto_info->local_addr] += 7;")).empty());
    CHECK(why(on_state("append(l[__cur_state], __prev_state);")).empty());
    CHECK(why(on_state("printf(\"%s %I\\n\", __pname, __proto_info->local_addr);")).empty());
    CHECK(why(on_state("if (__cur_state == 1) exit();")).empty());
    CHECK(why(on_state("n = __cur_state / -3; n2[1] = timestamp();")).empty());
}

TEST_CASE("what it cannot is said") {
    CHECK(why(on_state("String s[9]; s = __pname + \"x\"; printf(\"%s\", s);")).find("joins Strings") == 0);
    CHECK(why(on_state("a[1]++; print(a);")).find("prints an array") == 0);
    CHECK(why(on_state("double d; d = __cur_state; printf(\"%f\\n\", d);")).find("computes with floating point") == 0);
    CHECK(why("String g[9];\n" + on_state("g = __pname;")).find("assigns a value that takes several steps") == 0);
}

TEST_CASE("a clause that reads what it writes stays in the engine, unless it is one step") {
    CHECK(why("int top;\n" + on_state("if (__cur_state > top) top = __cur_state;")).find("reads `top` and writes it") ==
          0);
    CHECK(why(on_state("if (exists(a, 1)) delete(a, 1); else a[1] = 2;")).find("reads `a` and writes it") == 0);
    CHECK(why(on_state("n = 0; n++;")).find("writes `n` in more than one step") == 0);
    CHECK(why(on_state("if (++n == 10) exit();")).empty());
    CHECK(why(on_state("n++; n += 2;")).empty());
}

TEST_CASE("variables decide for the clauses that share them") {
    // Packets come in the order of time.
    CHECK(why(on_state("n++;") + "@@net:bpf:lo:tcp:\"port 1\" { n++; }").find("shares `n` with the clause at 2:1") ==
          0);
    CHECK(why(on_state("n++;") + "@@net:bpf:lo:tcp:\"port 1\" { m = n; }").find("shares `n`") == 0);
    CHECK(why(on_state("n++;") + "@@net:bpf:lo:tcp:\"port 1\" { m++; }").empty());
    // An interval may look, and may write what is only added to.
    CHECK(why(on_state("last = __cur_state;") + "@@interval:*:clock:100 { printf(\"%d\\n\", last); }").empty());
    CHECK(why(on_state("a[1]++; n++;") + "@@interval:*:clock:100 { print(a); clear(a); n = 0; }").empty());
    CHECK(why(on_state("last = __cur_state;") + "@@interval:*:clock:100 { last = 0; }").find("uses `last`, which") ==
          0);
    CHECK(why("int on;\n" + on_state("if (on) n++;") + "@@interval:*:clock:100 { on = 1; }").find("uses `on`, which") ==
          0);
    // BEGIN and END are free.
    CHECK(why("@@BEGIN { on = 1; }\n" + on_state("if (on) n++;") + "@@END { n = n + 1; on = 0; clear(a); a[1]++; }")
              .empty());
    // A clause that has to be in the engine takes others with it.
    const Program program = placed("int m;\n" + on_state("x = 1; n++;") + on_state("if (x == 1) m = 2;") +
                                   on_state("if (m == 2) m = 3;") + on_state("k++;"));
    CHECK(program.clauses[0].home == Home::engine);
    CHECK(program.clauses[1].home == Home::engine);
    CHECK(program.clauses[2].home == Home::engine);
    CHECK(program.clauses[3].home == Home::kernel);
}

TEST_CASE("what is only added to is kept by processor") {
    const Program program = placed(on_state("a[1]++; b[1]++; c[1] = 2;") + on_state("if (b[1] > 5) d[1]++;"));
    CHECK(array(program, "a").only_added_to);
    CHECK(!array(program, "b").only_added_to);
    CHECK(!array(program, "c").only_added_to);
    CHECK(array(program, "a").home == Home::kernel);
    const auto uses = [&](KernelMap::Use use) {
        return std::count_if(program.kernel_maps.begin(), program.kernel_maps.end(),
                             [&](const KernelMap& map) { return map.use == use; });
    };
    CHECK(uses(KernelMap::Use::tally) == 2);
    CHECK(uses(KernelMap::Use::array) == 2);
    // All of it runs there: no fields leave.
    REQUIRE(program.kernel_programs.size() == 1);
    CHECK(program.kernel_programs[0].fields.empty());
}

TEST_CASE("the choice of the user holds") {
    const FakeKernel kernel;
    const Compiled in_engine = compiled_at(on_state("n++;"), HomeChoice::engine, &kernel);
    REQUIRE(in_engine.program.has_value());
    CHECK(in_engine.program->clauses.front().home == Home::engine);
    const Compiled refused = compiled_at(on_state("n++; print(a); a[1]++;"), HomeChoice::kernel, &kernel);
    CHECK(!refused.program.has_value());
    CHECK(refused.messages.find("this clause cannot run in the kernel: it prints an array") != std::string::npos);
    // BEGIN, END and intervals have no other home.
    CHECK(compiled_at("@@BEGIN { n = 1; }\n" + on_state("n++;") + "@@END { print(a); a[1]++; }", HomeChoice::kernel,
                      &kernel)
              .program.has_value());
    // No kernel: events come from recordings.
    const Compiled replayed = compiled_at(on_state("n++;"), HomeChoice::automatic, nullptr);
    REQUIRE(replayed.program.has_value());
    CHECK(replayed.program->clauses.front().home == Home::engine);
}

}  // namespace probevue
