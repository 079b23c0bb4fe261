// Errors: what is said, and which text is underlined.
#include <doctest/doctest.h>

#include "tests/unit/sema_support.h"

TEST_CASE("names that stand for nothing") {
    check_rows({
        {"@@BEGIN { x = y; z = y + 1; }", "error [y] `y` is not declared, and nothing is assigned to it before"},
        {"@@BEGIN { counter = 1; x = countre; }",
         "error [countre] `countre` is not declared, and nothing is assigned to it before"},
        {"@@BEGIN { x = thread:y; }", "error [thread:y] `y` is not declared, and nothing is assigned to it before"},
        {"@@BEGIN { x = __foo; }", "error [__foo] there is no built-in variable `__foo`"},
        {"@@BEGIN { x = __pidd; }", "error [__pidd] there is no built-in variable `__pidd`"},
        {"@@BEGIN { x = TH_SYM; }", "error [TH_SYM] `TH_SYM` is not declared, and nothing is assigned to it before"},
        {"@@BEGIN { x = ANY; }", "error [ANY] `ANY` stands for a key in exists() and delete() only"},
        {"@@BEGIN { exit; }", "error [exit] `exit` is a function"},
        {"@@BEGIN { foo(); }", "error [foo] there is no function `foo`"},
        {"@@BEGIN { prntf(\"x\"); }", "error [prntf] there is no function `prntf`"},
        {"@@BEGIN { x = undefined1 + undefined2; x++; printf(\"%d\", x); }",
         "error [undefined1] `undefined1` is not declared, and nothing is assigned to it before\nerror [undefined2] "
         "`undefined2` is not declared, and nothing is assigned to it before"},
        {"@@BEGIN { foo(undefined1, 2); }",
         "error [foo] there is no function `foo`\nerror [undefined1] `undefined1` is not declared, and nothing is "
         "assigned to it before"},
    });
}

TEST_CASE("names that no variable can have") {
    check_rows({
        {"int TH_SYN; @@BEGIN { }",
         "error [TH_SYN] `TH_SYN` is a constant of the language, no variable can have its name"},
        {"int __foo; @@BEGIN { }", "error [__foo] no variable can be named `__foo`"},
        {"int ANY; @@BEGIN { }", "error [ANY] no variable can be named `ANY`"},
        {"@@BEGIN { TH_SYN = 4; }", "error [TH_SYN] `TH_SYN` is a constant and cannot be assigned to"},
        {"@@BEGIN { __pid = 3; }", "error [__pid] `__pid` is read-only"},
        {"@@BEGIN { __pid++; }", "error [__pid] `__pid` is read-only"},
        {"@@BEGIN { __x = 3; }", "error [__x] there is no built-in variable `__x`"},
        {"enum e { RED }; @@BEGIN { RED = 3; }", "error [RED] `RED` is a constant and cannot be assigned to"},
    });
}

TEST_CASE("names that are declared twice") {
    check_rows({
        {"int x; long x; @@BEGIN { }", "error [x] `x` is declared twice, as `int` and as `long`"},
        {"int x; @@BEGIN { __thread int x; }", "error [x] `x` is declared twice"},
        {"__list l; int l; @@BEGIN { }", "error [l] `l` is declared twice"},
        {"int l; __list l; @@BEGIN { }", "error [l] `l` is declared twice"},
        {"struct s { int x; }; struct s { int y; }; @@BEGIN { }",
         "error [struct s { int y; }] `struct s` is defined twice"},
        {"enum a { A, B = 5, A }; @@BEGIN { }", "error [A] `A` is declared twice"},
        {"enum a { A }; enum a { B }; @@BEGIN { }", "error [enum a { B }] `enum a` is defined twice"},
        {"int f(int a); long f(int a); @@BEGIN { }", "error [f] function `f` is declared twice, differently"},
        {"typedef int t; typedef long t; @@BEGIN { }", "error [t] type `t` is declared twice, differently"},
    });
}

TEST_CASE("where declarations stand") {
    check_rows({
        {"@@BEGIN { }\nint x;\n@@END { }",
         "error [int x;] outside clauses, variables are declared before the first clause"},
        {"@@BEGIN { x = 1; int y; }", "error [int y;] declarations stand before the first statement of a clause"},
        {"@@BEGIN { if (1) { int y; } }", "error [int y;] declarations stand in the outermost block of a clause only"},
        {"__auto int x; @@BEGIN { }", "error [x] automatic variable `x` is declared outside a clause"},
        {"int y = 5; int z = y; @@BEGIN { }", "error [y] `y` is no constant"},
        {"int y = __pid; @@BEGIN { }", "error [__pid] `__pid` is no constant"},
        {"int y = timestamp(); @@BEGIN { }", "error [timestamp()] this is no constant"},
        {"__list l = 5; @@BEGIN { }", "error [5] `__list` cannot be given a value here"},
        {"static int x; @@BEGIN { }", "error [static int x;] `static` cannot be used for a variable of the script"},
        {"@@BEGIN { const int x; }", "error [const int x;] `const` cannot be used for a variable of the script"},
        {"auto int x; @@BEGIN { }", "error [auto int x;] `auto` cannot be used for a variable of the script"},
    });
}

TEST_CASE("classes and types") {
    check_rows({
        {"__thread ip_addr_t a; @@BEGIN { }", "error [a] `ip_addr_t` cannot be thread-local"},
        {"__thread mac_addr_t a; @@BEGIN { }", "error [a] `mac_addr_t` cannot be thread-local"},
        {"__thread path_t a; @@BEGIN { }", "error [a] `path_t` cannot be thread-local"},
        {"__thread stktrace_t a; @@BEGIN { }", "error [a] `stktrace_t` cannot be thread-local"},
        {"__thread net_info_t a; @@BEGIN { }", "error [a] `net_info_t` cannot be thread-local"},
        {"__kernel String s[4]; @@BEGIN { }", "error [s[4]] `String` cannot be kernel"},
        {"@@BEGIN { __auto stktrace_t s; }", "error [s] `stktrace_t` cannot be automatic"},
        {"@@BEGIN { __auto __list l; }", "error [l] `__list` cannot be automatic"},
        {"@@BEGIN { auto:l = list(); }", "error [auto:l] lists are always global"},
        {"@@BEGIN { thread:a[1] = 2; }", "error [thread:a] associative arrays are always global"},
        {"@@net:tcp:retransmit { thread:a = __proto_info->local_addr; }",
         "error [thread:a] `ip_addr_t` cannot be thread-local"},
        {"@@BEGIN { kernel:z = 1; }", "error [kernel:z] kernel variable `z` is not declared"},
        {"__kernel long lbolt; @@BEGIN { lbolt = 3; }", "error [lbolt] kernel variable `lbolt` cannot be written"},
        {"__kernel long lbolt; @@BEGIN { lbolt++; }", "error [lbolt] kernel variable `lbolt` cannot be written"},
        {"@@BEGIN { thread:x = 1; global:x = 2; }", "error [global:x] `x` is a thread variable"},
        {"@@BEGIN { __auto int x; __auto int y; y = x; x = 5; }", "error [x] `x` is used before it is given a value"},
        {"@@BEGIN { __auto int x; x++; }", "error [x] `x` is used before it is given a value"},
        {"@@BEGIN { __auto v; y = v; }", "error [v] `v` has no type yet: nothing has been assigned to it"},
    });
}

TEST_CASE("types that cannot be") {
    check_rows({
        {"String s; @@BEGIN { }", "error [s] a String needs its longest length"},
        {"String s[0]; @@BEGIN { }", "error [0] the length of a String goes from 1 to 4096"},
        {"String s[5000]; @@BEGIN { }", "error [5000] the length of a String goes from 1 to 4096"},
        {"String s[3][4]; @@BEGIN { }", "error [s[3][4]] there are no arrays of Strings"},
        {"String *s; @@BEGIN { }", "error [*s] there are no pointers to `String`"},
        {"ip_addr_t *p; @@BEGIN { }", "error [*p] there are no pointers to `ip_addr_t`"},
        {"mac_addr_t m[4]; @@BEGIN { }", "error [m[4]] there are no arrays of `mac_addr_t`"},
        {"void v; @@BEGIN { }", "error [v] `v` cannot be `void`"},
        {"struct foo f; @@BEGIN { }", "error [f] `struct foo` was never defined"},
        {"int a[]; @@BEGIN { }", "error [a[]] an array needs its size"},
        {"int a[0]; @@BEGIN { }", "error [0] an array has at least one element"},
        {"int a[100000000]; @@BEGIN { }", "error [100000000] this array is larger than 1048576 bytes"},
        {"int n; int a[n]; @@BEGIN { }", "error [n] `n` is no constant"},
        {"unsigned float u; @@BEGIN { }", "error [unsigned float] `unsigned float` is no type"},
        {"long double d; @@BEGIN { }", "error [long double] `long double` is no type"},
        {"enum w x; @@BEGIN { }", "error [enum w] `enum w` was never defined"},
        {"struct s { path_t p; }; @@BEGIN { }", "error [p] `path_t` cannot be a member"},
        {"struct s { int x; int x; }; @@BEGIN { }",
         "error [struct s { int x; int x; }] `struct s` has two members `x`"},
        {"struct s { int b:40; }; @@BEGIN { }", "error [40] a bit-field of `int` has 1 to 32 bits"},
        {"struct s { float f:3; }; @@BEGIN { }", "error [f:3] a bit-field is an integer, not `float`"},
        {"struct s { }; @@BEGIN { }", "error [struct s { }] `struct s` has no members"},
        {"enum e { A = 99999999999 }; @@BEGIN { }", "error [A = 99999999999] enumerator `A` does not fit an int"},
    });
}

TEST_CASE("predicates") {
    check_rows({
        {"@@BEGIN when (a = 3) { }", "error [=] a predicate cannot assign"},
        {"@@BEGIN when (a += 3) { }", "error [+=] a predicate cannot assign"},
        {"int x; @@BEGIN when (x++) { }", "error [x++] a predicate cannot have side effects such as `++`"},
        {"@@BEGIN when (timestamp() > 0) { }",
         "error [timestamp] functions such as `timestamp` cannot be called in a predicate"},
        {"@@BEGIN when (exists(a, 1)) { }",
         "error [exists] functions such as `exists` cannot be called in a predicate"},
        {"__kernel long lbolt; @@BEGIN when (lbolt) { }",
         "error [lbolt] kernel variable `lbolt` cannot stand in a predicate"},
        {"double d; @@BEGIN when (d) { }", "error [d] floating point variable `d` cannot stand in a predicate"},
        {"__thread int t; @@BEGIN when (t > 0) { }",
         "error [t] thread-local variable `t` needs its prefix in a predicate"},
        {"@@BEGIN when (__pname) { }", "error [__pname] `String` is neither true nor false"},
        {"__list l; @@BEGIN when (l) { }", "error [l] a list cannot stand in a predicate"},
        {"int f(int a, int b, int c, int d, int e, int f, int g, int h, int i); @@uft:1:*:f:entry when (__arg9 == 1) { "
         "}",
         "error [__arg9] `__arg9` cannot stand in a predicate"},
        {"@@net:tcp:retransmit when (__proto_info->local_port = \"8000\") { }", "error [=] a predicate cannot assign"},
        {"@@net:tcp:retransmit when (__proto_info->local_port == \"8000\" and not 0) { }",
         "warning [\"8000\"] a number is compared with a quoted number"},
        {"@@net:tcp:retransmit when (__proto_info->local_addr == \"10.0.0.300\") { }",
         "error [\"10.0.0.300\"] \"10.0.0.300\" is no IP address"},
        {"@@BEGIN { __auto int x; x = 1; } @@END when (auto:x) { }",
         "error [auto:x] automatic variable `x` cannot stand in a predicate"},
    });
}
