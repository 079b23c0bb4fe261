// CLAIM: in a replay symbol() is the address, and that is told: a recording does not hold the names
// SPEC: 5.9
// ARGS: -r $DATA/calls.pcapng
// extension: as SystemTap has it
@@net:skb:drop { drops[symbol(__drop->location)]++; }
@@END { print(drops); }
