// CLAIM: without end the section ends with the clause
// SPEC: 5.11
@@BEGIN { start_tentative("a"); printf("held\n"); }
@@BEGIN { printf("free\n"); }
@@BEGIN { commit_tentative("a"); exit(); }
