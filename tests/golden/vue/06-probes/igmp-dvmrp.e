// CLAIM: DVMRP codes by their constants
// SPEC: 6.10.11
// ARGS: -r $DATA/made/igmp.pcap
int probe, report, reply;
@@net:bpf:eth0:igmp:"" when (__igmp->type == IGMP_DVMRP) { if (__igmp->code == DVMRP_PROBE) probe++; if (__igmp->code == DVMRP_REPORT) report++; if (__igmp->code == DVMRP_INFO_REPLY) reply++; }
@@END { printf("%d %d %d\n", probe, report, reply); }
