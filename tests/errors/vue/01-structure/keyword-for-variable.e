// CLAIM: these words cannot declare variables of the script
// SPEC: 1.4
// EXIT: 2
@@BEGIN { static int x; x = 1; exit(); }
