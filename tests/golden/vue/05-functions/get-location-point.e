// CLAIM: get_location_point in functions
// SPEC: 5.3
// ARGS: --check
@@uft:1:*:main:entry { printf("%llx\n", get_location_point()); }
