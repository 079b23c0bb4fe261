// CLAIM: a capture that cannot be read
// SPEC: 7.3
// ARGS: -r no-such-capture.pcap
// EXIT: 1
@@net:bpf:eth0:ether:"" { }
