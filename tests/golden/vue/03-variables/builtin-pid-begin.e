// CLAIM: in BEGIN __pid is probevue itself, as is __trcid
// SPEC: 3.4
@@BEGIN { printf("%d %d %s\n", __pid == __trcid, __pid > 1, __pname); exit(); }
