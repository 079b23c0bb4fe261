// CLAIM: __mst->iar in functions of programs
// SPEC: 3.4
// ARGS: --check
@@uft:1:*:main:entry { printf("%llx\n", __mst->iar); }
