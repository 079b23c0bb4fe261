// CLAIM: protocol group and a filter for packets that tell of no group: the clause never fires, which is warned of (extension)
// SPEC: 6.10.4
// ARGS: --check
@@net:bpf:any:group:"tcp port 80" { exit(); }
@@net:bpf:any:group:"igmp or ip6" { exit(); }
