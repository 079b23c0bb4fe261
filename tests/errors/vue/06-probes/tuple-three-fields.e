// CLAIM: a tuple has at least three fields
// SPEC: 6.0
// EXIT: 2
@@net:bpf { }
