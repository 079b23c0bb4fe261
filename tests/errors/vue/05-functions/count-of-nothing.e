// CLAIM: count without a list says how events are counted
// SPEC: 5.3
// EXIT: 2
@@BEGIN { n[__pname] = count(); }
