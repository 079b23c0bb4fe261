// CLAIM: printf adds no newline
// SPEC: 5.1
@@BEGIN { printf("a"); printf("b"); exit(); }
