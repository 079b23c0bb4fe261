// CLAIM: $NAME is an environment variable
// SPEC: 1.7
// ENV: LIMIT=12
@@BEGIN { printf("%d\n", $LIMIT); exit(); }
