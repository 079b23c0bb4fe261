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
    CHECK(why(on_state("a[subnet(__proto_info->remote_addr, 24, 64)]++;")).empty());
    CHECK(why(on_state(
                  "if (ip_in(__proto_info->remote_addr, \"10.0.0.0/8\")) n += is_private(__proto_info->local_addr);"))
              .empty());
    CHECK(why(on_state("if (__proto_info->local_addr < __proto_info->remote_addr) n++;")).empty());
    CHECK(why("@@net:tcp:state_change when (__proto_info->local_addr >= \"10.0.0.0\") { n++; }\n").empty());
    CHECK(why(on_state("n = __cur_state / -3; n2[1] = timestamp();")).empty());
    CHECK(why(on_state("add_dist(d, 5); add_dist(e[__pname][__sock], __cur_state);")).empty());
}

TEST_CASE("what it cannot is said") {
    CHECK(why(on_state("String s[9]; s = __pname + \"x\"; printf(\"%s\", s);")).find("joins Strings") == 0);
    CHECK(why(on_state("a[1]++; print(a);")).find("prints an array") == 0);
    CHECK(why(on_state("double d; d = __cur_state; printf(\"%f\\n\", d);")).find("computes with floating point") == 0);
    CHECK(why("String g[9];\n" + on_state("g = __pname;")).find("assigns a value that takes several steps") == 0);
}

TEST_CASE("members of packed structures lie where the kernel's stack cannot be read") {
    const std::string body = on_state("__auto struct p s; s.a = 1; s.b = __cur_state; printf(\"%d\", s.b);");
    CHECK(why("struct p { char a; int b; };\n" + body).empty());
    CHECK(why("struct p { char a; int b; } __attribute__((packed));\n" + body) ==
          "accesses memory that is not aligned, which the kernel's programs cannot do");
}

TEST_CASE("each function that only the engine has is said") {
    struct Row {
        const char* body;
        const char* reason;
    };
    const std::vector<Row> rows = {
        {"clear(a); a[1] = 2;", "removes all elements of an array"},
        {"print_table(\"%d %d\\n\", b); b[1] = 2;", "prints a table of arrays"},
        {"set_aso_print_options(5);", "sets how arrays are printed"},
        {"thread:t = 1;", "uses thread-local variables"},
        {"add_range(r, \"a\");", "sets a range"},
        {"set_range(r, LINEAR, 0, 10, 1);", "sets a range"},
        {"set_range(r, POWER, 2);", "sets a range"},
        {"clear_range(r);", "sets a range"},
        {"qrange(q[1], r, 5);", "counts in a range"},
        {"exit_after(5);", "sets when the session ends"},
        {"add_dist(d, 5); n = quantile(d, 0.5);", "reads a distribution"},
        {"add_dist(d[1], 5); if (exists(d, 1)) n++;", "reads a distribution"},
        {"add_dist(d[1], 5); delete(d, 1);", "deletes a distribution"},
        {"add_distinct(u, 5);", "counts different values"},
        {"n = strstr(__pname, \"x\");", "searches in a String"},
        {"n = atoi(__pname);", "reads a number from a String"},
        {"n = str_pos(__pname, \"x\");", "searches in a String"},
        {"__auto String s[9]; s = substr(__pname, 1, 2);", "takes a part of a String"},
        {"__auto String s[9]; s = split(__pname, \"-\", 1);", "splits a String"},
        {"__auto String s[9]; s = to_lower(__pname);", "changes letters of a String"},
        {"__auto String s[9]; s = name_of(__cur_state);", "names a number"},
        {"__auto String s[49]; s = ip_ntop(__proto_info->local_addr);", "makes text of an address"},
        {"__auto String s[9]; s = dns_name(g, 8);", "reads names in payload"},
        {"__auto String s[9]; s = http_field(g, 8, \"Host\");", "reads names in payload"},
        {"copy_kdata((char *) 5, g);", "assigns a value that takes several steps"},
        {"__auto String s[9]; s = get_kstring((char *) 5, __cur_state);", "reads a String of the kernel"},
        {"group_output_start();", "groups output"},
        {"group_output_end();", "groups output"},
        {"start_tentative(\"x\");", "holds output back"},
        {"end_tentative(\"x\");", "holds output back"},
        {"commit_tentative(\"x\");", "holds output back"},
        {"discard_tentative(\"x\");", "holds output back"},
        {"n = fpath_inodeid(\"/x\");", "looks at files"},
        {"int v; get_proc(1, PPID, v);", "asks about a process"},
        {"n = is_local(\"192.0.2.1\");", "asks for addresses of the host"},
        {"String c[1024]; get_cwd(1, c);", "asks about a process"},
        {"__auto String i[9]; i = thread_indent(1);", "indents by thread"},
        {"__auto String f[9]; f = symbol(5);", "looks for the name of a function"},
        {"hexdump(g, 8);", "prints bytes in hexadecimal"},
        {"hexdump(5, 8);", "prints bytes in hexadecimal"},
        {"delete(a, ANY); a[1] = 2;", "deletes elements with ANY"},
        {"if (exists(a, ANY)) n++; a[1] = 2;", "looks for elements with ANY"},
        {"char b[20]; n = b[__cur_state];", "computes with addresses"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.body);
        CHECK(why("range_t r; char g[8];\n" + on_state(row.body)) ==
              row.reason + std::string(", which the kernel's programs cannot do"));
    }
}

TEST_CASE("what all clauses on a probe have in common is said") {
    const auto reason = [](const std::string& text) { return placed(text).clauses.front().home_reason; };
    CHECK(reason("@@BEGIN { n++; }") == "runs before the probes are enabled");
    CHECK(reason("@@END { n++; }") == "runs after the probes are disabled");
    CHECK(reason("@@interval:*:clock:100 { n++; }") == "runs on the session's clock");
    CHECK(reason("@@uft:1:*:main:entry { n++; }") ==
          "is on a function of a program, where this kernel may let another thread come between");
    CHECK(reason(on_state("printf(\"seen\\n\");")) == "all that it does can be done at the hook");
    CHECK(reason("@@syscall:*:read:entry { n++; }").starts_with("all that it does can be done at the hook"));
    CHECK(reason("@@sysproc:exit:* { n++; }").starts_with("all that it does can be done at the hook"));
    const FakeKernel kernel;
    CompileOptions options;
    const auto chosen = [&] {
        CompileInput input;
        input.text = on_state("n++;");
        return compile(std::move(input), options).program.value().clauses.front().home_reason;
    };
    CHECK(chosen() == "takes its events from a recording");
    options.kernel = &kernel;
    options.record = true;
    CHECK(chosen() == "is recorded (-w), so that each event goes to user space");
    options.record = false;
    options.home = HomeChoice::engine;
    CHECK(chosen() == "is to run in the engine (--home engine)");
}

TEST_CASE("whether functions of programs can be kept whole is asked for clauses at these alone") {
    struct Asked : FakeKernel {
        bool forbids_preemption() const override {
            ++times;
            return true;
        }
        mutable int times = 0;
    };
    const Asked kernel;
    const auto home = [&](const std::string& text) {
        return compiled_at(text, HomeChoice::automatic, &kernel).program.value().clauses.front().home;
    };
    CHECK(home("@@BEGIN { n++; }") == Home::engine);
    CHECK(home(on_state("n++;")) == Home::kernel);
    CHECK(home("@@net:bpf:lo:udp:\"\" { n++; }") == Home::engine);
    CHECK(kernel.times == 0);
    CHECK(home("@@uft:1:*:main:entry { n++; }") == Home::kernel);
    CHECK(kernel.times > 0);
}

TEST_CASE("a clause that reads what it writes stays in the engine, unless it is one step") {
    CHECK(why("int top;\n" + on_state("if (__cur_state > top) top = __cur_state;")) ==
          "reads `top` and writes it, and another processor could come between");
    CHECK(why(on_state("if (exists(a, 1)) delete(a, 1); else a[1] = 2;")).find("reads `a` and writes it") == 0);
    CHECK(why(on_state("n = 0; n++;")) == "writes `n` in more than one step, and another processor could come between");
    CHECK(why(on_state("if (++n == 10) exit();")).empty());
    CHECK(why(on_state("n++; n += 2;")).empty());
}

TEST_CASE("variables decide for the clauses that share them") {
    // Packets come in the order of time.
    CHECK(why(on_state("n++;") + "@@net:bpf:lo:tcp:\"port 1\" { n++; }") ==
          "shares `n` with the clause at 2:1, which runs in the engine in the order of time");
    CHECK(why(on_state("n++;") + "@@net:bpf:lo:tcp:\"port 1\" { m = n; }").find("shares `n`") == 0);
    CHECK(why(on_state("n++;") + "@@net:bpf:lo:tcp:\"port 1\" { m++; }").empty());
    // An interval may look, and may write what is only added to.
    CHECK(why(on_state("last = __cur_state;") + "@@interval:*:clock:100 { printf(\"%d\\n\", last); }").empty());
    CHECK(why(on_state("a[1]++; n++;") + "@@interval:*:clock:100 { print(a); clear(a); n = 0; }").empty());
    CHECK(why(on_state("add_dist(d[1], __cur_state);") +
              "@@interval:*:clock:100 { add_dist(d[2], 5); print(d); delete(d, 1); clear(d); }")
              .empty());
    CHECK(why(on_state("last = __cur_state;") + "@@interval:*:clock:100 { last = 0; }") ==
          "uses `last`, which the clause at 2:1 writes in the engine");
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

TEST_CASE("distributions are kept by bin, which the key ends in") {
    const Program program = placed(on_state("add_dist(d[1][2], __cur_state); add_dist(d[3][4], 5); add_dist(e, 5);"));
    std::vector<const KernelMap*> tallies;
    for (const KernelMap& map : program.kernel_maps)
        if (map.use == KernelMap::Use::tally) tallies.push_back(&map);
    REQUIRE(tallies.size() == 2);
    CHECK(tallies[0]->name == "d");
    CHECK(tallies[0]->key_size == array(program, "d").key_size + sizeof(KernelBin));
    CHECK(tallies[1]->key_size == array(program, "e").key_size + sizeof(KernelBin));
    CHECK(tallies[1]->value_size == sizeof(KernelList));
    CHECK(array(program, "d").only_added_to);
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
