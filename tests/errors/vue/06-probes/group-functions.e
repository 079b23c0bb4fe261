// CLAIM: functions of group records, and __group, where nothing fills them are errors (extension)
// SPEC: 6.10.11
// EXIT: 2
@@BEGIN { printf("%I\n", igmp_group(0)); }
@@net:bpf:any:tcp:"" { printf("%d\n", igmp_record(0)); }
@@net:bpf:any:igmp:"" { printf("%d\n", mld_sources(0)); }
@@net:bpf:any:*:"" { printf("%I\n", mld_group(0)); }
@@net:bpf:any:igmp:"" { printf("%I %d\n", __group->addr, igmp_sources("0")); }
@@net:netdev:receive { printf("%I\n", __group->addr); }
@@net:bpf:any:group:"" { printf("%d\n", __tcphdr->flags); }
