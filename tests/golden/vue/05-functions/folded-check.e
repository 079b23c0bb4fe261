// CLAIM: get_stktrace() in packets' events of the kernel, on processors each millisecond, with STACK_FUNCTIONS; PRINT_FOLDED
// SPEC: 5.7
// ARGS: --check
// extension: AIX has neither short intervals of processors nor folded stacks
@@interval:*:clock:1:* { n[__pname][get_stktrace()]++; }
@@net:tcp:retransmit { f[get_stktrace(8, STACK_FUNCTIONS)]++; stktrace(PRINT_SYMBOLS | STACK_FUNCTIONS, -1); }
@@kft:tcp_connect:entry { k[get_stktrace()]++; }
@@END { print(n, PRINT_FOLDED); top(f, 10, PRINT_FOLDED); print(k); }
