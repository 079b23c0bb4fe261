// CLAIM: different names are independent
// SPEC: 5.11
@@BEGIN { start_tentative("a"); printf("a\n"); end_tentative("a"); start_tentative("b"); printf("b\n"); end_tentative("b"); discard_tentative("a"); commit_tentative("b"); exit(); }
