// CLAIM: the set of error numbers is named
// SPEC: 5.3
// EXIT: 2
@@syscallx:*:read:exit { n[name_of(1, "errno")]++; }
