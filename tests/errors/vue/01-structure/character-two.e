// CLAIM: a character literal holds one character
// SPEC: 1.2
// EXIT: 2
@@BEGIN { x = 'ab'; exit(); }
