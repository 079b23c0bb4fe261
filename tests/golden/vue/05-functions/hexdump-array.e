// CLAIM: hexdump prints the first bytes of an array, and never more than it has
// SPEC: 5.9
// ARGS: -r $DATA/telnet.pcap
// extension: AIX has nothing like it
@@net:bpf:any:tcp:"port 23"
{
    __auto char bytes[20];
    get_kbytes(__mdata, bytes, 20);
    hexdump(bytes, 6);
    hexdump(bytes, 1000);
    hexdump(bytes, -1);
    exit();
}
