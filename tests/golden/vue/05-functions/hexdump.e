// CLAIM: hexdump prints bytes of the packet as tcpdump -X does, and ends where the packet does
// SPEC: 5.9
// ARGS: -r $DATA/telnet.pcap
// extension: AIX has nothing like it
int n;
@@net:bpf:any:tcp:"port 23"
{
    n++;
    if (n == 1) hexdump(__mdata, __pkt->caplen);
    if (n == 2) hexdump((char *)__mdata + 34, 20);
    if (n == 3) hexdump((char *)__mdata + 60, 1000);
    if (n == 4) { hexdump(__mdata, 0); hexdump(__mdata, -1); exit(); }  // nothing, and all
}
