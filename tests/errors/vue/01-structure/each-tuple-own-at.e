// CLAIM: each tuple of a list repeats its own @@
// SPEC: 1.1
// EXIT: 2
@@BEGIN, END { exit(); }
