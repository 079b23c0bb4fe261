// CLAIM: print: one line an element, keys joined with comma and blank
// SPEC: 8.3
// differs: the layout is our own: name[key1, key2] = value
@@BEGIN { a["eth1"][443] = 7; a["eth0"][80] = 42; print(a); exit(); }
