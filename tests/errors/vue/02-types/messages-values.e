// CLAIM: what is wrong in values and calls is said where it stands
// SPEC: 1.6
// EXIT: 2
ip_addr_t address;
mac_addr_t hardware;
String name[20];
range_t slots;
__list numbers;
struct pair { int a; int b; } both;
double real;
@@BEGIN when (real > 1.0) { exit(); }
@@net:bpf:lo:tcp:"tcp" when (averages[1] == 1) { averages[1] = 1.5; }
@@syscall:*:read:exit
{
    char text[20];
    unsigned int part;
    name = text + 1;
    address = name;
    address = 5;
    part = address == 5;
    part = address < 5;
    part = name * 2;
    part = both + 1;
    part = 1 ? name : 5;
    part = sizeof(void);
    name = print(a);
    a[1] = slots;
    printf("%d %d", text, slots);
    printf("%s", numbers);
    printf("%*d", 1);
    append(part, 1);
    append(numbers, name);
    print(numbers, 5);
    print(a, SORT_BY_VALUE, 5);
    atoi(5);
    get_proc(1, 2, part);
    get_proc(1, PPID, name);
    convert_ip6_addr(text);
    set_range(slots, part);
    qrange(a[1], part, 1);
    __arg1 = 5;
    *(char *) 5 = 1;
    name = "\xzz\777";
    part = __no_such;
    part = atoi;
    exit();
}
