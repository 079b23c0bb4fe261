// CLAIM: __cur_state only in state_change
// SPEC: 6.10.14
// EXIT: 2
@@net:tcp:retransmit { printf("%d\n", __cur_state); }
