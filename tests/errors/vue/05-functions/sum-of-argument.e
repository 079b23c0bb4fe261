// CLAIM: sum reads a list, and says how a sum is made
// SPEC: 5.3
// EXIT: 2
@@syscallx:*:write:entry { n[__pname] = sum(arg2); }
