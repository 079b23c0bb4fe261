// CLAIM: what is no constant is said where it stands
// SPEC: 1.4
// EXIT: 2
int given = 1 / 0;
int called = atoi("5");
int process = __pid;
enum values { A = 1 / 0 };
struct members { unsigned int bits : 1 / 0; int sizes[1 / 0]; };
@@BEGIN { exit(); }
