// CLAIM: values of types that do not meet
// EXIT: 2
String name[10];
ip_addr_t address;
int number;

@@net:bpf:eth0:tcp:"port 80"
{
    number = name;
    name = 5;
    address = 7;
    address = __etherhdr->src_addr;
    number = __ip4hdr->src_addr + 1;
    counts[__ip4hdr->src_addr]++;
    counts[5]++;
    counts[__ip4hdr->src_addr][1]++;
}
