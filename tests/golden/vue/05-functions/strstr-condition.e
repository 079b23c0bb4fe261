// CLAIM: used as a truth value
// SPEC: 5.8
@@BEGIN { if (strstr("path/to", "/")) printf("yes\n"); if (!strstr("path", "/")) printf("no\n"); exit(); }
