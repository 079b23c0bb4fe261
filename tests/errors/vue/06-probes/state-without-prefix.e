// CLAIM: a constant without its prefix: the whole name is proposed
// SPEC: 6.10.14
// EXIT: 2
@@net:tcp:state_change when (__cur_state == ESTABLISHED) { n++; }
@@net:bpf:any:tcp:"tcp" when (__tcphdr->flags & SYN) { m++; }
