// CLAIM: headers hold structures, unions, enums, typedefs, prototypes
// SPEC: 1.9
// ARGS: -I ../headers/all.i --check
@@syscall:*:read:entry { struct pair p; value_t v; p.first = RED; v.number = __arg3; printf("%d %d\n", p.first, v.number); }
