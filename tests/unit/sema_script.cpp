// What scripts mean: declarations that assignments make, arrays, pointers, probes.
#include <doctest/doctest.h>

#include "tests/unit/sema_support.h"

using namespace probevue;

namespace {

const ProbeRequest& probe_of(const Checked& checked) {
    REQUIRE(checked.all() == "");
    REQUIRE(!checked.script.clauses.empty());
    REQUIRE(!checked.script.clauses.front().probes.empty());
    return checked.script.clauses.front().probes.front();
}

std::string type_in(const std::string& clause, std::string_view name) {
    const Checked checked(clause);
    CAPTURE(clause);
    CHECK(checked.all() == "");
    return checked.type(name);
}

}  // namespace

TEST_CASE("an assignment declares, with the type of its value") {
    CHECK(type_in("@@BEGIN { x = 5; }", "x") == "int");
    CHECK(type_in("@@BEGIN { x = 5000000000; }", "x") == "long");
    CHECK(type_in("@@BEGIN { x = 2.5; }", "x") == "double");
    CHECK(type_in("@@BEGIN { x = -2.5; }", "x") == "double");
    CHECK(type_in("@@BEGIN { x = __pid; }", "x") == "long long");
    CHECK(type_in("@@BEGIN { x = timestamp(); }", "x") == "probev_timestamp_t");
    CHECK(type_in("@@BEGIN { x = diff_time(timestamp(), timestamp(), MICROSECONDS); }", "x") == "unsigned long long");
    CHECK(type_in("@@net:bpf:eth0:tcp:\"\" { x = __tcphdr->src_port; }", "x") == "unsigned short");
    CHECK(type_in("@@net:bpf:eth0:tcp:\"\" { x = __ip4hdr->src_addr; }", "x") == "ip_addr_t");
    CHECK(type_in("@@net:bpf:eth0:tcp:\"\" { x = __etherhdr->src_addr; }", "x") == "mac_addr_t");
    CHECK(type_in("@@syscall:*:read:exit { auto:x = fd_path(3); }", "x") == "path_t");
    CHECK(type_in("@@syscall:*:read:exit { x = get_stktrace(); }", "x") == "stktrace_t");
    CHECK(type_in("@@BEGIN { thread:x = 'a'; }", "x") == "int");
    CHECK(type_in("@@BEGIN { x = __pid == 3; }", "x") == "int");
    CHECK(type_in("@@BEGIN { __auto v; v = 1u; x = v; }", "x") == "unsigned int");
    CHECK(type_in("@@BEGIN { x = (x2 = 5L); }", "x") == "long");
}

TEST_CASE("classes of variables that assignments declare") {
    const Checked checked("@@BEGIN { a = 1; global:b = 1; thread:c = 1; auto:d = 1; __thread int e; }");
    CHECK(checked.messages().size() == 1);  // the last declaration stands behind statements
    CHECK(checked.variable("a").storage == checked::VariableClass::global);
    CHECK(checked.variable("b").storage == checked::VariableClass::global);
    CHECK(checked.variable("c").storage == checked::VariableClass::thread);
    CHECK(checked.variable("d").storage == checked::VariableClass::automatic);
    CHECK(checked.variable("e").storage == checked::VariableClass::thread);
}

TEST_CASE("a declaration in a clause without a class is global") {
    const Checked checked("@@BEGIN { int n; String f[40]; n = 5; } @@END { n++; printf(\"%s\", f); }");
    CHECK(checked.all() == "");
    CHECK(checked.variable("n").storage == checked::VariableClass::global);
    CHECK(checked.type("f") == "String[40]");
}

TEST_CASE("automatic variables belong to their clause and hide globals") {
    const Checked checked("int x; @@BEGIN { __auto long x; x = 1; y = x; } @@END { z = x; auto:y = 2; }");
    CHECK(checked.all() == "");
    CHECK(checked.type("y") == "long");
    CHECK(checked.type("z") == "int");
    CHECK(checked.script.variables.size() == 5);
    CHECK(checked.script.variables.back().clause == 1);
}

TEST_CASE("the same global may be declared again") {
    CHECK(Checked("int n; @@BEGIN { int n; n = 1; } @@END { int n; n = 2; }").all() == "");
}

TEST_CASE("a String that is not declared holds the longest text that is assigned to it") {
    CHECK(type_in("@@BEGIN { s = \"\"; }", "s") == "String[1]");
    CHECK(type_in("@@BEGIN { s = \"abc\"; } @@END { s = \"abcdef\"; }", "s") == "String[6]");
    CHECK(type_in("@@BEGIN { s = \"abc\"; s = __pname; }", "s") == "String[32]");
    CHECK(type_in("@@BEGIN { s = \"abc\"; t = s + \"x\"; s = __pname; }", "t") == "String[33]");
    CHECK(type_in("@@BEGIN { s = \"abc\"; s = s + \"x\"; }", "s") == "String[256]");  // grows from itself
    CHECK(type_in("String s[4]; @@BEGIN { s = \"abcdef\"; }", "s") == "String[4]");
    CHECK(type_in("@@syscall:*:read:exit { s = get_userstring(5, 10); }", "s") == "String[10]");
    CHECK(type_in("@@syscall:*:read:exit { s = get_userstring(5, -1); }", "s") == "String[1024]");
    CHECK(type_in("@@BEGIN { s = get_probe(); }", "s") == "String[7]");
    CHECK(type_in("struct h { char name[9]; } v; @@BEGIN { s = v.name; }", "s") == "String[9]");
}

TEST_CASE("Strings: `+`, comparison, assignment") {
    const Checked checked(
        "String s[10]; @@BEGIN { s = \"a\" + __pname + \"b\"; if (s > \"c\" || \"a\" == s) exit(); }");
    CHECK(checked.all() == "");
    CHECK(
        checked.dumps("(convert String[10] (concatenate String[34] (concatenate String[33] String[1]:\"a\" "
                      "String[32]:__pname) String[1]:\"b\"))"));
    CHECK(checked.dumps("(> int String[10]:s String[1]:\"c\")"));
}

TEST_CASE("associative arrays take their types from their first use") {
    const Checked checked(
        "@@net:bpf:eth0:tcp:\"\" { n[__ip4hdr->src_addr]++; bytes[\"a\"][__tcphdr->src_port] += 5;"
        " at[1] = timestamp(); name[2.5] = __pname; when_[at[1]] = 1u; big[__pid] = 1ULL; p[1] = __mdata; }");
    CHECK(checked.all() ==
          "warning [__pname] no process is known in @@net:bpf:eth0:tcp:\"\": `__pname` is always empty");
    CHECK(checked.dumps("array n[ip_addr_t]: long long\n"));
    CHECK(checked.dumps("array bytes[String[1]][long long]: long long\n"));
    CHECK(checked.dumps("array at[long long]: probev_timestamp_t\n"));
    CHECK(checked.dumps("array name[double]: String[32]\n"));
    CHECK(checked.dumps("array when_[probev_timestamp_t]: long long\n"));
    CHECK(checked.dumps("array big[long long]: unsigned long long\n"));
}

TEST_CASE("String keys and values have the length of their longest use, wherever it stands") {
    const Checked checked("@@BEGIN { a[\"ab\"] = \"x\"; } @@END { a[__pname] = \"xyz\"; exists(a, \"q\"); }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("array a[String[32]]: String[3]\n"));
    CHECK(checked.dumps("(element a String[3] (convert String[32] String[2]:\"ab\"))"));
    CHECK(checked.dumps("(call exists a int (convert String[32] String[1]:\"q\"))"));
}

TEST_CASE("an array may be read, tested and printed before the text stores into it") {
    const Checked checked(
        "@@END { print(a); quantize(a, 40); } @@net:tcp:retransmit when (a[__proto_info->local_port])"
        " { x = a[5]; a[__proto_info->local_port] = timestamp(); delete(a, ANY); }");
    CHECK(checked.messages().size() == 1);  // quantize draws no timestamps
    CHECK(checked.dumps("array a[long long]: probev_timestamp_t\n"));
    CHECK(checked.type("x") == "probev_timestamp_t");
    CHECK(checked.dumps("when (!= int (element a probev_timestamp_t (convert long long unsigned short:"));
    CHECK(checked.dumps("(call delete a void ANY)"));
}

TEST_CASE("lists, by themselves and in arrays") {
    const Checked checked(
        "__list l; @@BEGIN { m = list(); append(l, 5); append(m, l); l = m; a[\"k\"] = list();"
        " append(a[\"k\"], 5); append(b[1], m); a[\"j\"] = a[\"k\"]; x = avg(a[\"k\"]); y = count(l); }");
    CHECK(checked.all() == "");
    CHECK(checked.script.lists.size() == 2);
    CHECK(checked.dumps("array a[String[1]]: __list\n"));
    CHECK(checked.dumps("array b[long long]: __list\n"));
    CHECK(checked.type("x") == "long long");
}

TEST_CASE("ranges") {
    const Checked checked(
        "range_t r, s; @@BEGIN { set_range(r, LINEAR, 0, 100, 10); set_range(s, POWER, 2); qrange(a[__pname], r, 5);"
        " add_range(s, \"x\", \"y\"); clear_range(r); print(a); }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("array a[String[32]]: range_t\n"));
    CHECK(checked.dumps("(call set_range void range_t:r int:1 int:0 int:100 int:10)"));
}

TEST_CASE("options of printing") {
    const Checked checked(
        "@@BEGIN { a[1] = 1; print(a); print(a, 10); print(a, SORT_BY_VALUE | SORT_TYPE_DESCEND);"
        " print(a, 3, LIST_VALUE_SUM); lquantize(a, 40); set_aso_print_options(5, SORT_BY_KEY); }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("(call print a)\n"));
    CHECK(checked.dumps("(call print a limit 10)\n"));
    CHECK(checked.dumps("(call print a by value descending)\n"));
    CHECK(checked.dumps("(call print a limit 3 list-values 2)\n"));
    CHECK(checked.dumps("(call lquantize a limit 40)\n"));
    CHECK(checked.dumps("(call set_aso_print_options limit 5 by key ascending)\n"));
}

TEST_CASE("a table has the keys of its arrays, then their values, in the order of their conversions") {
    const Checked checked(
        "@@END { print_table(\"%3$d %2$s %1$x\\n\", \"N NAME PORT\", count(l), 5, 2, SORT_TYPE_DESCEND);"
        " print_table(\"%d %.9s %A %d\\n\", b, sum(l) / 8 / 128, SORT_BY_KEY); }"
        " @@net:tcp:retransmit { append(l[__proto_info->local_port][\"abc\"], 1);"
        " b[__proto_info->local_port][\"abcdefghijkl\"] = timestamp(); }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("table 0: 2 keys, count(l); limit 5, by field 1 descending\n    header N\n    header NAME\n"));
    CHECK(
        checked.dumps("    \"\" %d field 2, 8 bytes\n    \" \" %s field 1, 4 bytes\n    \" \" %x field 0, 8 bytes\n"));
    CHECK(checked.dumps("table 1: 2 keys, b, sum(l) / 8 / 128; limit 0, by keys ascending\n"));
    CHECK(checked.dumps("    +8 12 bytes\n    +24 8 bytes\n    +32 8 bytes\n"));  // the longer of both Strings
    CHECK(checked.dumps("    (call print_table table 0)\n    (call print_table table 1)\n"));
}

TEST_CASE("pointers know whose memory they point into") {
    const Checked packet(
        "struct h { char d[6]; short t; }; @@net:bpf:eth0:*:\"\" { __auto char *mb; __auto struct h e; mb = (char "
        "*)__mdata;"
        " copy_kdata(mb, e); t = e.t; p = (struct h *)(mb + 4); u = p->d[2]; q = &p->t; v = *q; n = q - (short *)mb; "
        "}");
    CHECK(packet.all() == "");
    CHECK(packet.variable("mb").type->space == AddressSpace::packet);
    CHECK(packet.variable("p").type->space == AddressSpace::packet);
    CHECK(packet.type("u") == "char");
    CHECK(packet.type("v") == "short");
    CHECK(packet.type("n") == "long");
    CHECK(packet.dumps("(+ long (convert long packet struct h *:p) long:6)"));

    const Checked user(
        "struct n { struct n *next; char name[16]; }; int f(struct n *first);"
        "@@uft:5:*:f:entry { printf(\"%s\", __arg1->next->name); p = __arg1->next; }");
    CHECK(user.all() == "");
    CHECK(user.variable("p").type->space == AddressSpace::user);
    CHECK(user.dumps("(convert String[16] (member name char[16] (dereference struct n (member next user struct n *"));

    const Checked later("@@interval:*:clock:100 { if (p) x = *p; } @@net:bpf:eth0:*:\"\" { p = __mdata; }");
    CHECK(later.messages().size() == 1);  // p is not declared where it is read
}

TEST_CASE("what a pointer that is declared first points into is found later in the text") {
    const Checked checked(
        "char *p; @@net:bpf:eth0:*:\"\" when (p != 0) { x = *p; } @@net:bpf:eth0:*:\"\" { p = __mdata; }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("(dereference char packet char *:p)"));
}

TEST_CASE("addresses from quoted text") {
    const Checked checked(
        "ip_addr_t a; mac_addr_t m; @@BEGIN { a = \"10.0.0.1\"; a = \"FE80::0:1\"; m = \"02:42:ac:11:00:02\";"
        " if (a == \"10.0.0.1\" || \"::1\" != a) exit(); if (m == \"02:42:ac:11:00:02\") exit(); }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("ip_addr_t:10.0.0.1"));
    CHECK(checked.dumps("ip_addr_t:fe80::1"));
    CHECK(checked.dumps("(!= int ip_addr_t:a ip_addr_t:::1)"));
    CHECK(checked.dumps("mac_addr_t:2485377892354"));  // 0x0242ac110002
}

TEST_CASE("timestamps and integers") {
    const Checked checked(
        "probev_timestamp_t t; long long l; int ms; @@BEGIN { t = 0; l = timestamp(); t = l; l = t; ms = diff_time(l, "
        "t, MILLISECONDS);"
        " if (t == 0 || t > l || !t) exit(); x = (long long)t; y = (probev_timestamp_t)l; }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("probev_timestamp_t:0"));
    CHECK(checked.type("y") == "probev_timestamp_t");
    CHECK(
        checked.dumps("(call diff_time unsigned long long (convert probev_timestamp_t long long:l) "
                      "probev_timestamp_t:t int:1000000)"));
}

TEST_CASE("predicates") {
    const Checked checked(
        "__thread int t; int g; @@net:tcp:retransmit when (thread:t > 0 and not g or __proto_info->local_port == 80 && "
        "thread:t) { g++; }");
    CHECK(checked.all() == "");
    REQUIRE(checked.script.clauses[0].predicate_thread_locals.size() == 1);
    CHECK(checked.script.variables[checked.script.clauses[0].predicate_thread_locals[0]].name == "t");
}

TEST_CASE("values of variables outside clauses are assigned first") {
    const Checked checked(
        "int x = 5; long y = -1; String s[8] = \"abc\"; ip_addr_t a = \"10.0.0.1\"; double d = 2.5; @@END { __auto int "
        "z; z = x; }");
    CHECK(checked.all() == "");
    REQUIRE(checked.script.clauses.size() == 2);
    CHECK(checked.script.clauses[0].probes[0].kind == ProbeKind::begin);
    CHECK(checked.script.clauses[0].body.statements.size() == 5);
    CHECK(checked.variable("z").clause == 1);
    CHECK(checked.dumps("(= long long:y long:-1)"));
}

TEST_CASE("tuples of packets") {
    const Checked checked("@@net:bpf:lo0|eth0|lo:tcp:\"tcp port 80\" { }");
    const ProbeRequest& probe = probe_of(checked);
    CHECK(probe.kind == ProbeKind::bpf);
    CHECK(probe.packets().interfaces == std::vector<std::string>{"lo", "eth0"});
    CHECK(probe.packets().protocol == Protocol::tcp);
    CHECK(probe.packets().filter == "tcp port 80");
    CHECK(probe.text == "@@net:bpf:lo0|eth0|lo:tcp:\"tcp port 80\"");
    CHECK(probe.position.column == 1);
    CHECK(probe.packets().filter_position.column == 28);
    CHECK(probe_of(Checked("@@net:bpf:any:*:\"\" { }")).packets().protocol == Protocol::any);
}

TEST_CASE("tuples of the other managers") {
    CHECK(probe_of(Checked("@@BEGIN { }")).kind == ProbeKind::begin);
    CHECK(probe_of(Checked("@@net:tcp:listen_q_full { }")).kind == ProbeKind::tcp_listen_full);
    CHECK(probe_of(Checked("@@net:udp:sock_recv_buf_overflow { }")).kind == ProbeKind::udp_overflow);

    const Checked interval("@@interval:*:clock:500:0|4-6|5 { }");
    CHECK(probe_of(interval).kind == ProbeKind::interval_cpu);
    CHECK(probe_of(interval).interval_ms() == 500);
    REQUIRE(probe_of(interval).as<IntervalProbe>() != nullptr);
    CHECK(probe_of(interval).as<IntervalProbe>()->cpus == std::vector<uint32_t>{0, 4, 5, 6});

    const Checked profile("@@interval:77:clock:1 { }");
    CHECK(probe_of(profile).kind == ProbeKind::interval_pid);
    CHECK(probe_of(profile).pid == 77);
    CHECK(probe_of(profile).interval_ms() == 1);

    const Checked call("@@syscallx:*:*:exit { }");
    CHECK(probe_of(call).kind == ProbeKind::syscall_exit);
    REQUIRE(probe_of(call).as<SystemCallProbe>() != nullptr);
    CHECK(probe_of(call).name() == "*");
    CHECK(probe_of(call).calls().empty());
    CHECK_FALSE(probe_of(call).pid.has_value());

    const Checked function("@@uft:\"/bin/ls\":libc.so.6:read:exit { }");
    const auto* of_user = probe_of(function).as<UserFunctionProbe>();
    REQUIRE(of_user != nullptr);
    CHECK(of_user->program == "/bin/ls");
    CHECK(of_user->module == "libc.so.6");
    CHECK(of_user->name == "read");

    const Checked process("@@sysproc:sendsig:4711 when (__sigsendinfo->signo == 9) { }");
    CHECK(probe_of(process).name() == "sendsig");
    CHECK(probe_of(process).pid == 4711);
    CHECK(probe_of(Checked("@@systrace:*:sched_switch { }")).name() == "sched_switch");
}

TEST_CASE("arguments and return values have the types of the prototype") {
    const Checked checked(
        "int read(int fd, char *buf, unsigned long n); long f(unsigned char c, ...);"
        "@@syscall:*:read:entry { a = __arg1; b = __arg3; printf(\"%s\", __arg2); }"
        "@@syscall:*:read:exit when (__rv < 0) { c = __rv; } @@uft:1:*:f:entry { d = __arg1; e = __arg2; }");
    CHECK(checked.all() == "");
    CHECK(checked.type("a") == "int");
    CHECK(checked.type("b") == "unsigned long");
    CHECK(checked.type("c") == "int");
    CHECK(checked.type("d") == "char");
    CHECK(checked.type("e") == "long");
    CHECK(checked.dumps("(convert String[256] user char *:__arg2)"));
}

TEST_CASE("headers of -I") {
    Diagnostics diagnostics;
    const Source header = Source::prepare(
        "h.i", "struct t { int a; }; typedef unsigned long size_t; extern int optind; int f(struct t *p, size_t n);",
        {}, diagnostics);
    const std::vector<ast::Declaration> declarations = parse_header(header, diagnostics);
    const Source source =
        Source::prepare("t.e", "@@uft:1:*:f:entry { x = __arg1->a; y = __arg2; optind = 5L; }", {}, diagnostics);
    const ast::Script script = parse_script(source, diagnostics);
    CheckOptions options;
    options.headers.push_back(&declarations);
    const checked::Script checked = check(script, source, options, diagnostics);
    CHECK_FALSE(diagnostics.has_errors());
    REQUIRE(checked.variables.size() == 3);
    CHECK(checked.variables[1].type->name == "unsigned long");
    CHECK(checked.variables[2].type->name == "long");  // a variable of the program is none of the script
}

TEST_CASE("errors in headers of -I do not point into the script") {
    Diagnostics diagnostics;
    const Source header = Source::prepare("h.i", "struct t { int a; int a; };", {}, diagnostics);
    const std::vector<ast::Declaration> declarations = parse_header(header, diagnostics);
    const Source source = Source::prepare("t.e", "@@BEGIN { }", {}, diagnostics);
    const ast::Script script = parse_script(source, diagnostics);
    CheckOptions options;
    options.headers.push_back(&declarations);
    (void)check(script, source, options, diagnostics);
    REQUIRE(diagnostics.error_count() == 1);
    CHECK(diagnostics.all().front().text == "in a header of -I: `struct t` has two members `a`");
    CHECK(diagnostics.all().front().span.end == 0);
}

TEST_CASE("a list is declared anywhere") {
    CHECK(Checked("@@BEGIN { x = 1; __list l; append(l, x); if (x) { __list m; append(m, 1); } }\n__list n;\n@@END { "
                  "append(n, 1); }")
              .all() == "");
}

TEST_CASE("float holds what a float can") {
    const Checked checked("float f; double d; @@BEGIN { f = 0.1; d = f; d = 3; f = 1u; }");
    CHECK(checked.all() == "");
    CHECK(checked.dumps("float:0.10000000149011612"));
    CHECK(checked.dumps("(convert double float:f)"));
    CHECK(checked.dumps("double:3"));
}

TEST_CASE("scripts in the style of real ones") {
    CHECK(Checked(
              "#!/usr/bin/probevue\nint read(int fd, char *buf, unsigned long n);\n__global int limit;\n__list usec;\n"
              "__thread probev_timestamp_t t0;\n@@BEGIN { limit = 5; printf(\"tracing %d\\n\", 7); }\n"
              "@@syscall:*:read:entry { t0 = timestamp(); }\n@@syscall:*:read:exit\n    when (thread:t0 != 0)\n{\n"
              "    __auto long long d;\n    d = diff_time(t0, timestamp(), MICROSECONDS);\n    append(usec, d);\n"
              "    hits[__rv > 0 ? 1 : 0]++;\n    if (count(usec) >= limit) exit();\n}\n@@END {\n"
              "    printf(\"n=%lld avg=%lld max=%lld\\n\", count(usec), avg(usec), max(usec));\n    print(hits);\n}\n")
              .all() == "");
    CHECK(Checked("@@net:bpf:eth0|eth1:tcp:\"tcp port 443\"\n    when ((__tcphdr->flags & TH_SYN) && !(__tcphdr->flags "
                  "& TH_ACK))\n"
                  "{ tries[__ip4hdr->src_addr]++; }\n@@net:tcp:state_change when (__cur_state == TCPS_ESTABLISHED)\n"
                  "{ printf(\"%I:%d <-> %I:%d up (from %d)\\n\", __proto_info->local_addr, __proto_info->local_port,\n"
                  "         __proto_info->remote_addr, __proto_info->remote_port, __prev_state); }\n"
                  "@@net:udp:sock_recv_buf_overflow { lost[__proto_info->local_port]++; }\n@@END { print(tries); "
                  "print(lost); }")
              .all() == "");
}
