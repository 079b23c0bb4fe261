// CLAIM: no switch, case, default
// SPEC: 1.5
// EXIT: 2
@@BEGIN { switch (1) { case 1: exit(); } }
