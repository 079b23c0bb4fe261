// CLAIM: --engine interp and jit give the same
// SPEC: 7.1
// ARGS: --engine interp -r $DATA/telnet.pcap
// extension: not on AIX
@@net:bpf:eth0:tcp:"port 23" { bytes[__ip4hdr->src_addr] += __ip4hdr->total_len; }
@@END { print(bytes); }
