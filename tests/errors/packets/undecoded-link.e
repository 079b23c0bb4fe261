// CLAIM: where no clause can see a packet of the link type, that is an error
// ARGS: -r $DATA/bad/link-usb.pcap
// EXIT: 1
int n;
@@net:bpf:any:tcp:"" { n++; }
