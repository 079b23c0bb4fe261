typedef __signed__ __int128 __s128 __attribute__((aligned(16)));
typedef unsigned __int128 __u128 __attribute__((aligned(16)));
struct narrow { int a; };
struct wide { int a; __u128 b; };
