// CLAIM: a module, with an archive member
// SPEC: 6.4
// ARGS: --check
@@uft:1:libc.a(shr.o):malloc:entry { }
@@uft:1:libc.so.6:malloc:entry { }
