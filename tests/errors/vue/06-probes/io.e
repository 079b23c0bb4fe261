// CLAIM: @@io is parsed and refused
// SPEC: 6.11
// EXIT: 2
// absent: the AIX I/O stack; @@systrace has block events
@@io:disk:entry:read:hdisk0|hdisk1 { }
