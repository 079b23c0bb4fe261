// CLAIM: an event that Linux does not have names another way
// SPEC: 6.9
// EXIT: 2
// absent: foldcpu, resourceattach, drphasestart and others
@@sysproc:foldcpu:* { }
