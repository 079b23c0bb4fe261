// CLAIM: name_of of states, families, errors; of a reason that the kernel names, the name that the event carries
// SPEC: 5.9
// extension: AIX has numbers alone
// ARGS: -r $DATA/states.pcapng
@@net:tcp:state_change { steps[name_of(__prev_state)][name_of(__cur_state)]++; }
@@END { print(steps); }
