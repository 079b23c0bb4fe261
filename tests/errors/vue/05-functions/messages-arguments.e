// CLAIM: what is wrong in arguments and operands is said where it stands
// SPEC: 1.6
// EXIT: 2
double ratio(int a);
int read(int fd, char *buffer, unsigned long n);
ip_addr_t address;
mac_addr_t hardware;
String name[20];
range_t slots;
__list numbers;
struct bits { unsigned int low : 3, high : 5; };
@@net:bpf:lo:*:"tcp"
{
    char text[8];
    int some[3];
    struct bits *flags;
    unsigned int part;
    long long place;
    flags = (struct bits *) __mdata;
    place = (long long) &flags->low;
    part = flags.low;
    address = convert_ip6_addr(text);
    address = convert_ip6_addr(name);
    qrange(a[1], slots, address);
    part = avg(none);
    get_cwd(1, part);
    print(a, 5, part);
    print(a, 5, sort_by_value);
    clear(numbers);
    hardware = text;
    flags = 5;
    if (address) part = 1;
    address = (ip_addr_t) 5;
    held = some;
    part = address == name;
    name = name + 5;
    part = flags + flags;
    address = 1 ? address : "192.0.2.256";
    exit();
}
@@syscall:*:read:entry { __arg1 = 5; exit(); }
@@uft:1:*:ratio:exit { printf("%d", __rv); exit(); }
@@net:bpf:lo:"":"tcp" { exit(); }
@@interval:"":clock:100 { exit(); }
