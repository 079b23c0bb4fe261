// CLAIM: ?: with Strings as a printf argument
// SPEC: 1.6
@@BEGIN { int k; k = 1; printf("%s %s\n", k ? "kernel" : "user", !k ? "kernel" : "user"); exit(); }
