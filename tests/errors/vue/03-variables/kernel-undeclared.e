// CLAIM: a kernel variable is declared
// SPEC: 3.1
// EXIT: 2
@@BEGIN { printf("%ld\n", kernel:jiffies); exit(); }
