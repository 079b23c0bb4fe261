// CLAIM: adjacent string literals are not joined; + does it
// SPEC: 1.2
// EXIT: 2
@@BEGIN { printf("%s\n", "a" "b"); exit(); }
