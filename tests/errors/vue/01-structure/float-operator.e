// CLAIM: floating types are operands of = only: +
// SPEC: 1.6
// EXIT: 2
@@BEGIN { double d; d = 1.5 + 2; exit(); }
