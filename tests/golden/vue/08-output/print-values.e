// CLAIM: values print as their specifier does
// SPEC: 8.3
// ARGS: -r $DATA/telnet.pcap
int n;
@@net:bpf:eth0:tcp:"port 23" when (n == 0) { n = 1; m["m"] = __etherhdr->src_addr; i["i"] = __ip4hdr->src_addr; t["t"] = timestamp(); s["s"] = "two words"; d["d"] = 2.5; }
@@END { print(m); print(i); print(t); print(s); print(d); }
