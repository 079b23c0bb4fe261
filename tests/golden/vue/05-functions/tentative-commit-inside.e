// CLAIM: commit inside an open section covers what came before
// SPEC: 5.11
@@BEGIN { start_tentative("a"); printf("before\n"); commit_tentative("a"); printf("behind\n"); end_tentative("a"); discard_tentative("a"); exit(); }
