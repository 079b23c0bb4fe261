// CLAIM: an error in a value points to the shell element
// SPEC: 1.7
// ARGV: "no_such_name"
// EXIT: 2
@@BEGIN { x = $1; exit(); }
