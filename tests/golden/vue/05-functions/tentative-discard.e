// CLAIM: discard drops it
// SPEC: 5.11
@@BEGIN { start_tentative("a"); printf("held\n"); end_tentative("a"); discard_tentative("a"); commit_tentative("a"); printf("end\n"); exit(); }
