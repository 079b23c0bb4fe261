// CLAIM: %% a percent sign
// SPEC: 5.1
@@BEGIN { printf("100%%\n"); exit(); }
