// CLAIM: exit status 0: exit()
// SPEC: 7.5
@@BEGIN { exit(); }
