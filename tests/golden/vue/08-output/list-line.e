// CLAIM: a list value prints its aggregates
// SPEC: 8.6
@@BEGIN { append(a["k"], 3); append(a["k"], 9); append(a["k"], 0); print(a); exit(); }
