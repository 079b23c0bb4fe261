// CLAIM: an unset variable is an error
// SPEC: 1.7
// ENV: NO_SUCH
// EXIT: 2
@@BEGIN { printf("%d\n", $NO_SUCH); exit(); }
