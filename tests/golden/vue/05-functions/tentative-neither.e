// CLAIM: neither committed nor discarded: dropped at the end
// SPEC: 5.11
@@BEGIN { start_tentative("a"); printf("held\n"); end_tentative("a"); printf("end\n"); exit(); }
