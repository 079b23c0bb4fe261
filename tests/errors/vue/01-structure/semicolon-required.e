// CLAIM: a statement ends with a semicolon
// SPEC: 1.2
// EXIT: 2
@@BEGIN {
    x = 1
    exit();
}
