// CLAIM: each option that is set is told of with its level, number, name and length, and at the end with the result
// SPEC: 6.10.14
// extension: AIX has no such event
// ARGS: -r $DATA/calls.pcapng
@@net:tcp:setsockopt:entry
{ printf("%s: %d %d %s %u\n", __pname, __sockcall->level, __sockcall->optname, __sockcall->optstr, __sockcall->optlen); }
@@net:tcp:setsockopt:exit when (__sockcall->ret != 0)
{ printf("%s: %s fails: %lld\n", __pname, __sockcall->optstr, __sockcall->ret); }
