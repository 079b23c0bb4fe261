// CLAIM: trace prints an integer in hexadecimal of its size
// SPEC: 5.1
@@BEGIN { char c; short s; int i; long long l; c = 10; s = -1; i = 42; l = 1; trace(c); trace(s); trace(i); trace(l); exit(); }
