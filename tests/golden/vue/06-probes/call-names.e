// CLAIM: the name that SystemTap has for a call is known of recordings that do not hold it
// SPEC: 6.10.14
// extension: AIX has no such event
// ARGS: -r $DATA/calls.pcapng
@@net:tcp:setsockopt:entry, @@net:tcp:setsockopt:exit, @@net:tcp:accept, @@net:tcp:connect { n[__sockcall->name][get_probe()]++; }
@@net:tcp:connect when (__sockcall->name == "tcp.connect" && __sockcall->sock == __sock) { same++; }
@@END { set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND); print(n); printf("%d\n", same); }
