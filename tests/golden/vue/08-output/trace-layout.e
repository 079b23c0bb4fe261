// CLAIM: trace: hexadecimal of the size, a line each
// SPEC: 8.7
@@BEGIN { int i; i = 42; trace(i); trace("s"); exit(); }
