// CLAIM: an event that does not exist
// SPEC: 6.9
// EXIT: 2
@@sysproc:exits:* { }
