// CLAIM: print_args has no meaning in BEGIN
// SPEC: 5.1
// EXIT: 2
@@BEGIN { print_args(); exit(); }
