// CLAIM: packed that C compilers ignore is an error in a script
// SPEC: 1.4
// EXIT: 2
typedef struct { char c; int i; } packed_t __attribute__((packed));
@@BEGIN { exit(); }
