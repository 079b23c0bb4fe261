// CLAIM: a function may be an extended regular expression
// SPEC: 6.4
// ARGS: --check
@@uft:1:*:"/^ma.*/":entry { printf("%s\n", get_function()); }
