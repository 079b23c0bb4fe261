// CLAIM: the misprint DVMPP_PROBE is taken with a warning
// SPEC: 6.10.11
@@BEGIN { printf("%d\n", DVMPP_PROBE); exit(); }
