// CLAIM: what is wrong in declarations is said where it stands
// SPEC: 1.4
// EXIT: 2
int given = other;
enum values { A = given, TCPS_LISTEN = 77, TH_SYN };
int void_parameter(int a, void);
int list_parameter(ip_addr_t a);
struct members {
    __global int storage;
    int function(int a);
    unsigned int bits : given;
    int sizes[given];
};
__global struct members { int x; };
__kernel long jiffies;
struct bits { unsigned int low : 3, high : 5; };
@@BEGIN
{
    int numbers[3];
    struct bits b;
    double d;
    char *text;
    unsigned int *words;
    long long address;
    b.low = 1;
    d = 1.5;
    numbers[d] = 2;
    address = (long long) &b.low;
    address = (long long) &numbers;
    address = (long long) &jiffies;
    text = words;
    jiffies = 3;
    exit();
}
