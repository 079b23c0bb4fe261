// CLAIM: an event that does not exist
// SPEC: 6.10.14
// EXIT: 2
@@net:tcp:retransmits { }
