// CLAIM: a class prefix with a colon belongs to the name
// SPEC: 1.2
@@BEGIN { auto:x = 1; global:y = 2; printf("%d %d\n", auto:x, global:y); exit(); }
