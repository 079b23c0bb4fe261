// CLAIM: functions are called in clauses
// SPEC: 5
// EXIT: 2
int x = atoi("5");
@@BEGIN { exit(); }
