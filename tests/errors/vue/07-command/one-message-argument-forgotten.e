// CLAIM: one mistake, one message: an argument that is forgotten shifts those behind it
// SPEC: 7.6
// EXIT: 2
@@net:bpf:any:ipv4:"ip" { printf("%s %d %I %s\n", "a", __ip4hdr->src_addr, "b"); exit(); }
