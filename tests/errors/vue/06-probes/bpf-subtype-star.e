// CLAIM: no `*` for the subtype
// SPEC: 6.10.2
// EXIT: 2
@@net:*:eth0:tcp:"port 23" { }
