// CLAIM: no `*` for the event
// SPEC: 6.10.14
// EXIT: 2
@@net:tcp:* { }
