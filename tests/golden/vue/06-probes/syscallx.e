// CLAIM: @@syscallx: kernel names, or `*` for all
// SPEC: 6.3
// ARGS: --check
@@syscallx:*:*:entry { printf("%s\n", get_function()); }
@@syscallx:744:*:exit { }
@@syscallx:*:mmap:entry { }
