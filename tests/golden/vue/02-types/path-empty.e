// CLAIM: a path that is not set prints as nothing
// SPEC: 2.8
path_t p;
@@BEGIN { printf("[%p]\n", p); exit(); }
