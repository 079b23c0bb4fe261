// CLAIM: __nth_retransmit only in retransmit
// SPEC: 6.10.14
// EXIT: 2
@@net:tcp:state_change { printf("%d\n", __nth_retransmit); }
