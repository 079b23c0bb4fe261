// CLAIM: kernel variables are read-only
// SPEC: 3.1
// EXIT: 2
__kernel unsigned long jiffies;
@@BEGIN { jiffies = 1; exit(); }
