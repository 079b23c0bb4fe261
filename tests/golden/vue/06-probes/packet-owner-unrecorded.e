// CLAIM: a capture that does not say whose its packets are is told of, and it is unknown, not process 0 or user 0
// SPEC: 6.10.14
// ARGS: -r $DATA/heads.pcapng
@@net:bpf:eth0:*:"tcp" { owners[__owner->pid][__owner->uid][__owner->name]++; }
@@END { print(owners); }
