// CLAIM: group_output_start and group_output_end keep output together
// SPEC: 5.1
@@BEGIN { group_output_start(); printf("a "); printf("b "); group_output_end(); printf("c\n"); exit(); }
