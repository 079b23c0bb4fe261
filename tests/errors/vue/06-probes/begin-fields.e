// CLAIM: BEGIN has no fields
// SPEC: 6.1
// EXIT: 2
@@BEGIN:x { exit(); }
