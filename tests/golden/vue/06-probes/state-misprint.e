// CLAIM: the misprints TPCS_* are taken with a warning
// SPEC: 6.10.14
// ARGS: --check
@@net:tcp:state_change when (__cur_state == TPCS_FIN_WAIT_1) { printf("x\n"); }
