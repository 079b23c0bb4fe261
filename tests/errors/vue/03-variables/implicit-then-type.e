// CLAIM: the type of the first assignment stays
// SPEC: 3.2
// EXIT: 2
@@BEGIN { x = 5; x = "text"; exit(); }
