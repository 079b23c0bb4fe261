// CLAIM: no goto
// SPEC: 1.5
// EXIT: 2
@@BEGIN { goto out; exit(); }
