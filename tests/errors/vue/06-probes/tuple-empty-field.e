// CLAIM: no field is empty
// SPEC: 6.0
// EXIT: 2
@@net::tcp { }
