// CLAIM: a path that is not known is empty
// SPEC: 8.2
path_t p;
@@BEGIN { printf("<%p>\n", p); exit(); }
