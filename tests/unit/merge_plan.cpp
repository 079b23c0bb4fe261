// How a script may be split over threads, shards and hosts: the class of each variable, and what makes it so.
#include <doctest/doctest.h>

#include <string>

#include "compiler/compile.h"

namespace probevue {
namespace {

const std::string packet = "@@net:bpf:any:tcp:\"\" ";

MergePlan plan(const std::string& text) {
    CompileInput input;
    input.name = "test.e";
    input.text = text;
    CompileOptions options;
    options.replay = true;
    Compiled out = compile(std::move(input), options);
    INFO(out.messages);
    REQUIRE(out.program.has_value());
    return out.program->merge;
}

// "class rule reason (line:column)" of a variable.
std::string of(const std::string& text, const std::string& name, bool array = false) {
    const MergePlan planned = plan(text);
    const MergeVariable* found = planned.find(name, array);
    REQUIRE(found != nullptr);
    const char* rules[] = {"none", "sum", "table"};
    return std::string(to_string(found->merge_class)) + " " + rules[static_cast<size_t>(found->rule)] + ": " +
           found->reason + " (" + std::to_string(found->position.line) + ":" + std::to_string(found->position.column) +
           ")";
}
std::string array(const std::string& text, const std::string& name) { return of(text, name, true); }
std::string script(const std::string& text) { return std::string(to_string(plan(text).merge_class())); }

// Source and destination as members of a variable with ports.
std::string key(const std::string& from, const std::string& to) {
    return "[__pkt->" + from + "_addr][__pkt->" + from + "_port][__pkt->" + to + "_addr][__pkt->" + to + "_port]";
}

}  // namespace

TEST_CASE("what clauses on events only add to is free") {
    CHECK(array(packet + "{ n[__pkt->src_port]++; } @@END { print(n); }", "n") ==
          "free sum: is only added to by clauses on events (1:24)");
    CHECK(of("long long n;\n" + packet + "{ n += 2; n -= 1; n++; } @@END { printf(\"%lld\", n); }", "n") ==
          "free sum: is only added to by clauses on events (2:24)");
    CHECK(of("__list l;\n" + packet + "{ append(l, 3); } @@END { printf(\"%lld\", sum(l)); }", "l") ==
          "free sum: is only added to by clauses on events (2:31)");
    CHECK(array(packet + "{ add_dist(d, 3); } @@END { print(d); }", "d").starts_with("free sum"));
    CHECK(array(packet + "{ add_distinct(d, 3); } @@END { printf(\"%lld\", distinct(d)); }", "d")
              .starts_with("free sum"));
    CHECK(script("int range_of; " + packet + "{ n[1]++; }") == "free");
}

TEST_CASE("a sum whose result is used, or that depends on the order, is none") {
    CHECK(of("int n;\n" + packet + "{ printf(\"%d\\n\", n++); }", "n") ==
          "serial none: cannot be added up: what comes out of adding to it is used (2:39)");
    CHECK(of("double n;\n" + packet + "{ n += 0.5; } @@END { printf(\"%f\", n); }", "n") ==
          "serial none: cannot be added up: sums of floating point numbers depend on the order (2:24)");
    CHECK(of("int n;\n" + packet + "{ n *= 2; } @@END { printf(\"%d\", n); }", "n") ==
          "serial none: cannot be added up: what comes out depends on the order (2:24)");
    CHECK(of("int n;\n" + packet + "{ n += 0.5; } @@END { printf(\"%d\", n); }", "n").starts_with("serial"));
}

TEST_CASE("an interval that uses a sum makes windows") {
    const std::string counted = "int n;\n" + packet + "{ n++; }\n";
    CHECK(of(counted + "@@interval:*:clock:1000 { printf(\"%d\", n); n = 0; }", "n") ==
          "window sum: is only added to by clauses on events, and used by an interval (3:40)");
    CHECK(script(counted + "@@interval:*:clock:1000 { printf(\"x\"); } @@END { printf(\"%d\", n); }") == "free");
}

TEST_CASE("what BEGIN sets is the same in each part") {
    CHECK(of("int most;\n@@BEGIN { most = 5; }\n" + packet + "when (__pkt->len > most) { n[1]++; }", "most") ==
          "free none: is set in BEGIN, and later by no event (2:11)");
    CHECK(of("int most = 5;\n" + packet + "when (__pkt->len > most) { n[1]++; }", "most").starts_with("free none"));
    CHECK(of("int most;\n" + packet + "when (__pkt->len > most) { n[1]++; } @@interval:*:clock:100 { most = 7; }",
             "most") == "serial none: is changed by an interval and read at 2:41 by a clause on events (2:84)");
}

TEST_CASE("what each clause sets anew keeps nothing") {
    CHECK(of("int x;\n" + packet + "{ x = __pkt->len; if (x > 3) n[x]++; }", "x") ==
          "free none: is set anew by each clause that reads it (2:24)");
    CHECK(of("int x;\n" + packet + "{ if (__pkt->len > 9) x = 1; else x = 2; n[x]++; }", "x").starts_with("free none"));
    CHECK(
        of("int x;\n" + packet + "{ if (__pkt->len > 9) return; else x = 2; n[x]++; }", "x").starts_with("free none"));
    CHECK(of("int x;\n" + packet + "{ if (__pkt->len > 9) x = 1; n[x]++; }", "x") ==
          "serial none: is read by a clause on events, and what is there depends on those before (2:44) (2:53)");
    CHECK(of("int x;\n" + packet + "{ x = __pkt->len; } @@END { printf(\"%d\", x); }", "x") ==
          "serial none: is written by clauses on events: the last one in time would have to win (2:24)");
    CHECK(of("int head[2];\n" + packet + "{ copy_kdata(__mdata, head); n[head[0]]++; }", "head")
              .starts_with("free none"));
    CHECK(of("int head[2];\n" + packet + "{ head[1] = 3; n[head[0]]++; }", "head").starts_with("serial"));
}

TEST_CASE("tables of connections") {
    const std::string both = packet + "{ t" + key("src", "dst") + " = timestamp(); }\n" + packet + "when (t" +
                             key("dst", "src") + " != 0) { n[1]++; }";
    CHECK(array(both, "t") == "flow table: has both addresses and both ports of the packet in each key (1:24)");
    CHECK(plan(both).key == ShardKey{AddressSource::ip, PortSource::any});
    CHECK(script(both) == "flow");
    const std::string pairs = packet + "{ t[__ip4hdr->src_addr][__ip4hdr->dst_addr] = 1; }";
    CHECK(array(pairs, "t") == "pair table: has both addresses of the packet in each key (1:24)");
    CHECK(plan(pairs).key == ShardKey{AddressSource::ip4, PortSource::none});
    // By variables that hold them.
    CHECK(
        array(packet +
                  "{ __auto ip_addr_t a; __auto ip_addr_t b; a = __pkt->src_addr; b = __pkt->dst_addr; t[a][b] = 1; }",
              "t")
            .starts_with("pair table"));
    CHECK(array(packet + "{ __auto ip_addr_t a; if (__pkt->len > 3) a = __pkt->src_addr; t[a][__pkt->dst_addr] = 1; }",
                "t")
              .starts_with("serial"));
    CHECK(array(packet + "{ __auto ip_addr_t a; a = __pkt->src_addr; a = __pkt->dst_addr; t[a][__pkt->dst_addr] = 1; }",
                "t")
              .starts_with("serial"));
}

TEST_CASE("tables that a hash of the packet's ends does not keep together") {
    CHECK(array(packet + "{ t[__pkt->src_addr] = 1; }", "t") ==
          "serial none: is written by clauses on events: the last one in time would have to win (1:24)");
    CHECK(array(packet + "{ t[__pkt->src_addr][__pkt->dst_addr] = 1; delete(t, ANY, __pkt->dst_addr); }", "t") ==
          "serial none: is emptied by a clause on events (1:65)");
    CHECK(array(packet + "{ t[__pkt->src_addr][__pkt->dst_addr] = 1; print(t); }", "t") ==
          "serial none: is looked at as a whole by a clause on events (1:65)");
    // A port cut to a byte is another one.
    CHECK(array(packet + "{ t[__pkt->src_addr][(char)__pkt->src_port][__pkt->dst_addr][__pkt->dst_port] = 1; }", "t")
              .starts_with("pair"));
    // Events are told apart by their sockets.
    const std::string ends = "[__proto_info->local_addr][__proto_info->remote_addr] = 1; }";
    CHECK(array("@@net:tcp:receive { t" + ends, "t").starts_with("pair"));
    CHECK(array("@@net:tcp:receive { t[__pkt->src_addr][__pkt->dst_addr] = 1; }", "t").starts_with("serial"));
    // Of the innermost packet, while the hash is of the outer one.
    CHECK(array(packet + "{ t[__inner->src_addr][__inner->dst_addr] = 1; }", "t").starts_with("serial"));
    // Addresses by different variables: of IPv6 packets one is zero.
    CHECK(array(packet + "{ t[__pkt->src_addr][__ip4hdr->dst_addr] = 1; }", "t").starts_with("serial"));
    const std::string mixed = packet + "{ t" + key("src", "dst") +
                              " = 1; u[__ip4hdr->src_addr][__pkt->src_port]"
                              "[__ip4hdr->dst_addr][__pkt->dst_port] = 1; }";
    CHECK(plan(mixed).key == ShardKey{AddressSource::none, PortSource::any});
    CHECK(array(mixed, "u").starts_with("flow"));
    CHECK(array(packet + "{ t" + key("src", "dst") + " = 1; } @@interval:*:clock:100 { print(t); }", "t") ==
          "serial none: is used by an interval and written at 1:24 (1:126)");
}

TEST_CASE("a _Bool is no sum") {
    CHECK(script("_Bool b; " + packet + "{ b += 1; }") == "serial");
    CHECK(plan("_Bool b; " + packet + "{ b++; }").reason().reason ==
          "`b` cannot be added up: a _Bool holds 0 or 1, and no sum");
    CHECK(script("_Bool b; " + packet + "{ b = 1; }") == script("char b; " + packet + "{ b = 1; }"));
}

TEST_CASE("calls that only one process can answer") {
    CHECK(script(packet + "when (__pkt->len > 100) { exit(); }") == "serial");
    CHECK(plan(packet + "when (__pkt->len > 100) { exit(); }").reason().reason ==
          "exit() ends the session at an event, of which parts know nothing");
    CHECK(script(packet + "{ n[1]++; } @@interval:*:clock:1000 { exit(); }") == "free");
    CHECK(plan(packet + "{ t" + key("src", "dst") + " = 1; } @@interval:*:clock:1000 { exit(); }").reason().reason ==
          "exit() ends the session at an interval, where parts have not put `t` together");
    CHECK(plan(packet + "{ n[1]++; } @@interval:*:clock:1000 { exit_after(1); }").reason().reason ==
          "exit_after() at an interval ends the session within a later one, of which parts have only the whole");
    CHECK(script("@@BEGIN { exit_after(1); } " + packet + "{ n[1]++; }") == "free");
    CHECK(script(packet + "{ printf(\"x\"); }") == "free");
    CHECK(
        array(packet + "{ n[__pkt->src_addr]++; } " + packet + "when (__pkt->len > 9) { n[__pkt->src_addr] = 1; }", "n")
            .starts_with("serial none: is written by clauses on events and added to at 1:24"));
    CHECK(plan(packet + "{ printf(\"x\"); }").prints);
    CHECK(script("range_t r; @@BEGIN { set_range(r, LINEAR, 0, 10, 1); } " + packet + "{ qrange(n[1], r, 3); }") ==
          "free");
    CHECK(script("range_t r; " + packet + "{ set_range(r, LINEAR, 0, 10, 1); qrange(n[1], r, 3); }") == "serial");
    CHECK(plan("range_t r; @@BEGIN { set_range(r, LINEAR, 0, 10, 1); } " + packet + "{ qrange(n[1], r, 3); }")
              .variables.front()
              .reason == "has its slots from BEGIN");
    CHECK(plan("range_t r; " + packet + "{ set_range(r, LINEAR, 0, 10, 1); qrange(n[1], r, 3); }").reason().reason ==
          "`r` gets its slots outside of BEGIN, which parts know at different times");
    CHECK(plan(packet + "{ exit_after(3); }").reason().reason ==
          "exit_after() sets the session's end at an event, of which parts know nothing");
    CHECK(plan(packet + "{ start_tentative(\"a\"); printf(\"x\"); end_tentative(\"a\"); }").reason().reason ==
          "start_tentative() holds output back until a later event decides");
    CHECK(plan(packet + "{ commit_tentative(\"a\"); }").reason().reason ==
          "commit_tentative() decides about output of earlier events");
    CHECK(plan("@@syscall:*:read:entry { printf(\"%s\", thread_indent(1)); }").reason().reason ==
          "thread_indent() counts calls of a thread from event to event");
    CHECK(plan(packet + "{ set_aso_print_options(3); n[1]++; }").reason().reason ==
          "set_aso_print_options() sets at an event how later ones print");
    CHECK(of("int x;\n@@END { printf(\"%d\", x); } " + packet + "{ n[1]++; }", "x") ==
          "free none: is not used by clauses on events (2:22)");
    CHECK(of("int x;\n" + packet + "when (x > 1) { n[1]++; }", "x") == "free none: is set by no event (2:28)");
    CHECK(plan("__thread int x; " + packet + "{ thread:x = 1; }")
              .reason()
              .reason.ends_with("belongs to a thread, whose events may be in several parts"));
    CHECK(script("__thread int x; " + packet + "{ thread:x = 1; }") == "serial");
}

}  // namespace probevue
