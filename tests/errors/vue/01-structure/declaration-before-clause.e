// CLAIM: declarations outside clauses stand before the first clause
// SPEC: 1.3
// EXIT: 2
@@BEGIN { exit(); }
int late;
