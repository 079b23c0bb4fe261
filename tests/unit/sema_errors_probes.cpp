// Errors: what is said, and which text is underlined.
#include <doctest/doctest.h>

#include "tests/unit/sema_support.h"

TEST_CASE("probe tuples") {
    check_rows({
        {"@@nett:tcp { }", "error [nett] there is no probe type `nett`"},
        {"@@net { }", "error [@@net] the probe point @@net is not complete"},
        {"@@net:tcp { }", "error [@@net:tcp] the probe point @@net:tcp is not complete"},
        {"@@net:*:retransmit { }", "error [*] `*` cannot stand behind @@net"},
        {"@@net:tcp:state_chang { }", "error [state_chang] `state_chang` cannot stand behind @@net:tcp"},
        {"@@net:tcp:* { }", "error [*] `*` cannot stand behind @@net:tcp"},
        {"@@net:udp:retransmit { }", "error [retransmit] `retransmit` cannot stand behind @@net:udp"},
        {"@@io:disk:entry:read:* { }", "error [@@io:disk:entry:read:*] probes of @@io do not exist on Linux"},
        {"@@sysproc:forkfail:* { }", "error [@@sysproc:forkfail:*] @@sysproc:forkfail cannot be probed on Linux"},
        {"@@sysproc:sendsg:* { }", "error [sendsg] `sendsg` cannot stand behind @@sysproc"},
        {"@@BEGIN:x { }", "error [x] too many fields behind @@BEGIN"},
        {"@@syscall:*:*:entry { }", "error [*] `*` cannot stand here"},
        {"@@syscall:*:read:enter { }", "error [enter] `enter` cannot stand behind @@syscall:*:read"},
        {"@@syscall:*:read { }", "error [@@syscall:*:read] the probe point @@syscall:*:read is not complete"},
        {"@@syscall:abc:read:entry { }", "error [abc] `abc` is no process id"},
        {"@@syscall:0:read:entry { }", "error [0] `0` is no process id"},
        {"@@uft:*:*:*:entry { }", "error [*] `*` cannot stand here"},
        {"@@nett:tcp { x = __tcphdr->flags; exit(); y = __arg1; }", "error [nett] there is no probe type `nett`"},
    });
}

TEST_CASE("interfaces, protocols and filters") {
    check_rows({
        {"@@net:bpf:*:tcp:\"\" { }", "error [*] `*` cannot stand for the interface"},
        {"@@net:bpf:eth0|:tcp:\"\" { }", "error [:] the name of an interface is missing"},
        {"@@net:bpf:averyverylonginterface:tcp:\"\" { }",
         "error [averyverylonginterface] `averyverylonginterface` cannot be the name of an interface"},
        {"@@net:bpf:eth0:tpc:\"\" { }", "error [tpc] there is no protocol `tpc`"},
        {"@@net:bpf:eth0:ip:\"\" { }", "error [ip] there is no protocol `ip`"},
        {"@@net:bpf:eth0:icmp:\"\" { }", "error [icmp] there is no protocol `icmp`"},
        {"@@net:bpf:eth0:tcp:\"tcp prot 80\" { }", "error [prot] in the filter: syntax error at `prot`"},
        {"@@net:bpf:eth0:tcp:\"port 80 andd port 81\" { }", "error [andd] in the filter: syntax error at `andd`"},
        {"@@net:bpf:eth0:tcp:\"tcp and (port 80\" { }",
         "error [80] in the filter: the expression is not complete behind `80`"},
        {"@@net:bpf:eth0:tcp:\"port 99999\" { }", "error [99999] in the filter: illegal port number 99999 > 65535"},
        {"@@net:bpf:eth0:tcp:\"tcp and udp\" { }", "error [tcp and udp] the filter matches no packet"},
        {"@@net:bpf:eth0:tcp:port { }", "error [port] the filter stands in double quotes"},
        {"@@net:bpf:eth0:tcp:* { }", "error [*] `*` cannot stand for the filter"},
        {"@@net:bpf:eth0:tcp { }", "error [@@net:bpf:eth0:tcp] the probe point @@net:bpf:eth0:tcp is not complete"},
    });
}

TEST_CASE("intervals") {
    check_rows({
        {"@@interval:*:clock:50 { }", "error [50] an interval is at least 100 milliseconds and a multiple of 100"},
        {"@@interval:*:clock:150 { }", "error [150] an interval is at least 100 milliseconds and a multiple of 100"},
        {"@@interval:*:clock:0 { }", "error [0] an interval is at least 100 milliseconds and a multiple of 100"},
        {"@@interval:*:clock:500ms { }", "error [500ms] `500ms` is no interval"},
        {"@@interval:*:clock:* { }", "error [*] `*` is no interval"},
        {"@@interval:*:clok:500 { }", "error [clok] `clok` cannot stand behind @@interval:*"},
        {"@@interval:abc:clock:500 { }", "error [abc] `abc` is no process id"},
        {"@@interval:77:clock:0 { }", "error [0] an interval of a process is at least 1 millisecond"},
        {"@@interval:77:clock:10:0-3 { }", "error [0-3] too many fields behind @@interval:77:clock:10"},
        {"@@interval:*:clock:100:0-3|x { }", "error [x] `x` is no processor"},
        {"@@interval:*:clock:100:2-1 { }", "error [2-1] `2-1` is no processor"},
        {"@@interval:*:clock { }", "error [@@interval:*:clock] the probe point @@interval:*:clock is not complete"},
    });
}

TEST_CASE("built-in variables where they have no meaning") {
    check_rows({
        {"@@BEGIN { x = __tcphdr->flags; }", "error [__tcphdr->flags] `__tcphdr->flags` has no meaning in @@BEGIN"},
        {"@@net:bpf:eth0:tcp:\"\" { x = __udphdr->length; }",
         "error [__udphdr->length] `__udphdr->length` is never filled with protocol `tcp`"},
        {"@@net:bpf:eth0:*:\"\" { x = __tcphdr->flags; }",
         "error [__tcphdr->flags] `__tcphdr->flags` is never filled with protocol `*`"},
        {"@@net:bpf:eth0:tcp:\"\", @@net:bpf:eth0:udp:\"\" { x = __tcphdr->flags; }",
         "error [__tcphdr->flags] `__tcphdr->flags` is never filled with protocol `udp`"},
        {"@@net:bpf:eth0:tcp:\"\" { x = __tcphdr->flag; }", "error [flag] `__tcphdr` has no member `flag`"},
        {"@@net:bpf:eth0:tcp:\"\" { x = __tcphdr.flags; }",
         "error [__tcphdr.flags] members of `__tcphdr` are reached with `->`"},
        {"@@net:bpf:eth0:tcp:\"\" { x = __tcphdr; }", "error [__tcphdr] `__tcphdr` has members and no value itself"},
        {"@@net:tcp:retransmit { x = __cur_state; }",
         "error [__cur_state] `__cur_state` has no meaning in @@net:tcp:retransmit"},
        {"@@net:tcp:retransmit { x = __pid->x; }", "error [x] `__pid` has no members"},
        {"@@interval:*:clock:100 { x = __curproc->pid; }",
         "error [__curproc->pid] `__curproc->pid` has no meaning in @@interval:*:clock:100"},
        {"@@syscall:*:read:entry { x = __curthread->lockcount; }",
         "error [__curthread->lockcount] `__curthread->lockcount` does not exist on Linux"},
        {"@@BEGIN { x = __stat->foo; }", "error [__stat->foo] `__stat->foo` does not exist on Linux"},
        {"@@net:tcp:retransmit { x = _nth_retransmit; }",
         "warning [_nth_retransmit] `_nth_retransmit` is a misprint of the AIX documents"},
        {"@@net:tcp:state_change { x = TPCS_ESTABLISHED; }",
         "warning [TPCS_ESTABLISHED] `TPCS_ESTABLISHED` is a misprint of the AIX documents"},
    });
}

TEST_CASE("arguments and return values") {
    check_rows({
        {"int read(int fd); @@syscall:*:read:entry, @@syscall:*:write:entry { x = __arg1; }",
         "error [__arg1] `__arg1` needs a clause with exactly one probe point, this one has 2"},
        {"@@syscall:*:read:entry { x = __arg1; }",
         "error [__arg1] `__arg1` cannot be used: no prototype of `read` stands before this clause"},
        {"@@BEGIN { x = __arg1; }", "error [__arg1] `__arg1` has no meaning in @@BEGIN"},
        {"int read(int fd); @@syscall:*:read:entry { x = __arg2; }",
         "error [__arg2] the prototype of `read` has 1 parameter"},
        {"int read(int fd); @@syscall:*:read:entry { x = __arg33; }", "error [__arg33] `__arg33` does not exist"},
        {"int read(int fd); @@syscall:*:read:exit { x = __arg1; }",
         "error [__arg1] `__arg1` has no meaning in @@syscall:*:read:exit"},
        {"int read(int fd); @@syscall:*:read:entry { x = __rv; }",
         "error [__rv] `__rv` has no meaning in @@syscall:*:read:entry"},
        {"read(int fd); @@syscall:*:read:exit { x = __rv; }",
         "error [__rv] `__rv` cannot be used: the prototype of `read` has no return type"},
        {"void read(int fd); @@syscall:*:read:exit { x = __rv; }", "error [__rv] `read` returns nothing"},
        {"double f(double d); @@uft:1:*:f:entry { x = __arg1; }",
         "error [__arg1] `__arg1` is `double`, which is not passed in a general register"},
        {"int read(int fd); @@syscall:*:read:entry { __arg1 = 5; }", "error [__arg1] `__arg1` is read-only"},
        {"int read(int fd); @@BEGIN { read(5); }",
         "error [read] `read` is a function of the probed program and cannot be called by the script"},
        {"int f(String s); @@BEGIN { }", "error [s] `String` cannot stand here"},
        {"int f(void *p); @@uft:1:*:f:entry { x = *__arg1; }", "error [*__arg1] what a `void *` points to has no type"},
        {"struct s; int f(struct s *p); @@uft:1:*:f:entry { x = __arg1->y; }",
         "error [__arg1->y] `struct s` has no members here: it was never defined"},
        {"int f(char *p); @@uft:1:*:f:entry { *__arg1 = 5; }", "error [*__arg1] this cannot be written"},
    });
}

TEST_CASE("Strings") {
    check_rows({
        {"@@BEGIN { s = \"a\"; n = s + 1; }", "error [+] a String and `int` cannot be added"},
        {"@@BEGIN { s = \"a\"; s += \"b\"; }", "error [+=] Strings have no operator `+=`"},
        {"@@BEGIN { s = \"a\"; n = s * 2; }", "error [s] `String` cannot be an operand of `*`"},
        {"@@BEGIN { s = \"a\"; n = s == 5; }", "error [==] `String` cannot be compared with `int`"},
        {"@@BEGIN { s = \"a\"; s = 5; }", "error [5] `int` cannot be assigned to `s`, which is `String`"},
        {"@@BEGIN { s = \"a\"; n = s[0]; }", "error [s[0]] single characters of a String cannot be taken"},
        {"@@BEGIN { s = \"a\"; if (s) exit(); }", "error [s] `String` is neither true nor false"},
        {"@@BEGIN { s = \"a\"; n = -s; }", "error [s] `String` cannot be an operand of `-`"},
        {"int n; @@BEGIN { n = \"5\"; }", "error [\"5\"] `String` cannot be assigned to `n`, which is `int`"},
        {"@@BEGIN { if (__pid == \"5x\") exit(); }", "error [==] `long long` cannot be compared with `String`"},
        {"@@BEGIN { if (__pid == \"5\") exit(); }", "warning [\"5\"] a number is compared with a quoted number"},
        {"@@BEGIN { n = (int)\"5\"; }", "error [(int)\"5\"] a cast from `String` to `int` is not possible"},
    });
}

TEST_CASE("addresses and times") {
    check_rows({
        {"ip_addr_t a; @@BEGIN { a = 5; }", "error [5] `int` cannot be assigned to `a`, which is `ip_addr_t`"},
        {"ip_addr_t a; @@BEGIN { a = \"10.0.0.256\"; }", "error [\"10.0.0.256\"] \"10.0.0.256\" is no IP address"},
        {"ip_addr_t a; @@BEGIN { a = __pname; }",
         "error [__pname] `String` cannot be assigned to `a`, which is `ip_addr_t`"},
        {"ip_addr_t a; @@BEGIN { if (a < \"10.0.0.256\") exit(); }",
         "error [\"10.0.0.256\"] \"10.0.0.256\" is no IP address"},
        {"ip_addr_t a; @@BEGIN { if (a < 5) exit(); }", "error [<] `ip_addr_t` cannot be compared with `int`"},
        {"ip_addr_t a; @@BEGIN { if (a == 5) exit(); }", "error [==] `ip_addr_t` cannot be compared with `int`"},
        {"ip_addr_t a; @@BEGIN { if (a) exit(); }", "error [a] `ip_addr_t` is neither true nor false"},
        {"ip_addr_t a; @@BEGIN { n = a + 1; }", "error [a] `ip_addr_t` cannot be an operand of `+`"},
        {"ip_addr_t a; @@BEGIN { a = (ip_addr_t)5; }",
         "error [(ip_addr_t)5] a cast from `int` to `ip_addr_t` is not possible"},
        {"ip_addr_t a; @@BEGIN { n = (int)a; }", "error [(int)a] a cast from `ip_addr_t` to `int` is not possible"},
        {"mac_addr_t m; @@BEGIN { m = \"zz\"; }", "error [\"zz\"] \"zz\" is no MAC address"},
        {"mac_addr_t m; ip_addr_t a; @@BEGIN { m = a; }",
         "error [a] `ip_addr_t` cannot be assigned to `m`, which is `mac_addr_t`"},
        {"mac_addr_t m; @@BEGIN { if (m > m) exit(); }", "error [>] `mac_addr_t` values have no order"},
        {"probev_timestamp_t t; @@BEGIN { n = t - t; }",
         "error [t] `probev_timestamp_t` cannot be an operand of `-`\nerror [t] `probev_timestamp_t` cannot be an "
         "operand of `-`"},
        {"probev_timestamp_t t; @@BEGIN { t++; }", "error [t] `probev_timestamp_t` cannot be an operand of `++`"},
        {"int i; probev_timestamp_t t; @@BEGIN { t = i; }", "error [i] `int` is too small for a timestamp"},
        {"int i; @@BEGIN { i = timestamp(); }", "warning [timestamp()] `probev_timestamp_t` is cut to 4 bytes here"},
        {"path_t p; @@BEGIN { n = (long)p; }", "error [(long)p] a cast from `path_t` to `long` is not possible"},
        {"net_info_t n; @@BEGIN { a[1] = n; }", "error [n] `net_info_t` cannot be a value of an associative array"},
        {"net_info_t n; @@BEGIN { x = n.foo; }", "error [foo] `net_info_t` has no member `foo`"},
    });
}

TEST_CASE("floating point") {
    check_rows({
        {"@@BEGIN { d = 2.5; x = d % 1; }", "error [d] a floating point value cannot be an operand of `%`"},
        {"@@BEGIN { d = 2.5; x = ~d; }", "error [d] a floating point value cannot be an operand of `~`"},
        {"@@BEGIN { d = 2.5; d++; }", "error [d] a floating point value cannot be an operand of `++`"},
        {"@@BEGIN { d = 2.5; d <<= 1; }", "error [d] a floating point value cannot be an operand of `<<=`"},
        {"@@BEGIN when (1.5 > __pid) { }", "error [>] floating point values cannot stand in a predicate"},
    });
}
