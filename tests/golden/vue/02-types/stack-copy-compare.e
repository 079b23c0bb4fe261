// CLAIM: = copies, == and != compare, arrays hold stacks
// SPEC: 2.7
// ARGS: --check
stktrace_t s, t;
@@syscall:*:read:entry { s = get_stktrace(-1); t = s; if (s == t) a_st[0] = s; if (s != t) n[t]++; printf("%t%T\n", s, t); }
