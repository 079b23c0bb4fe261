// CLAIM: the length is mandatory
// SPEC: 2.2
// EXIT: 2
@@BEGIN { String s; exit(); }
