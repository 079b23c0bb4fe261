// CLAIM: ${NAME} is accepted too
// SPEC: 1.7
// ENV: LIMIT=12
// ARGV: 3
@@BEGIN { printf("%d %d\n", ${LIMIT}5, ${1}); exit(); }
